package dev.turnpike.codex.call;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.turnpike.http.BoundedHttp;
import java.time.Clock;
import org.apache.camel.spi.Registry;

/** The beans that routes/codex.camel.yaml names, bound together so that none is forgotten. */
public final class CodexCallBeans {
    private CodexCallBeans() {}

    /**
     * Binds {@code codexBegin}, {@code codexHeaders}, {@code codexReply}, {@code codexDone}, {@code codexFailure}, {@code codexHttp},
     * {@code upstreamFailures} and {@code codexJson}, which reads any reply that the limits let through.
     */
    public static void bind(Registry registry, CodexBase base, BoundedHttp http, CallObserver observer, Clock clock) {
        UpstreamFailures failures = new UpstreamFailures(clock);
        registry.bind("upstreamFailures", failures);
        registry.bind("codexHttp", http);
        registry.bind("codexJson", json(http.limits().replyBytes()));
        registry.bind("codexBegin", new CallBegin());
        registry.bind("codexHeaders", new CallHeaders(base));
        registry.bind("codexReply", new CallReply());
        registry.bind("codexDone", new CallDone(observer));
        registry.bind("codexFailure", new CallFailure(failures, observer));
    }

    /** Jackson's own limit for one text is 20 million characters: a reply within ours may hold a longer diff. */
    private static ObjectMapper json(int replyBytes) {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(replyBytes)
                        .build())
                .build();
        return JsonMapper.builder(factory)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
    }
}
