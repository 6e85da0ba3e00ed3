package dev.turnpike.codex.call;

import com.fasterxml.jackson.databind.DeserializationFeature;
import dev.turnpike.http.BoundedHttp;
import dev.turnpike.json.Json;
import java.time.Clock;
import org.apache.camel.spi.Registry;

/** The beans that routes/codex.camel.yaml names, bound together so that none is forgotten. */
public final class CodexCallBeans {
    private CodexCallBeans() {}

    /**
     * Binds {@code codexBegin}, {@code codexHeaders}, {@code codexReply}, {@code codexDone}, {@code codexFailure}, {@code codexHttp},
     * {@code threadsHttp}, {@code upstreamFailures} and {@code codexJson}, which reads any reply that the limits let
     * through.
     */
    public static void bind(
            Registry registry,
            CodexBase base,
            ThreadsBase threads,
            BoundedHttp http,
            CallObserver observer,
            Clock clock) {
        UpstreamFailures failures = new UpstreamFailures(clock);
        registry.bind("upstreamFailures", failures);
        registry.bind("codexHttp", http);
        registry.bind("threadsHttp", ThreadsBase.client(http));
        registry.bind(
                "codexJson",
                Json.builder()
                        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                        .build());
        registry.bind("codexBegin", new CallBegin());
        registry.bind("codexHeaders", new CallHeaders(base, threads));
        registry.bind("codexReply", new CallReply());
        registry.bind("codexDone", new CallDone(observer));
        registry.bind("codexFailure", new CallFailure(failures, observer));
    }
}
