package dev.turnpike.codex.call;

import dev.turnpike.http.BoundedHttp;
import java.time.Clock;
import org.apache.camel.spi.Registry;

/** The beans that routes/codex.camel.yaml names, bound together so that none is forgotten. */
public final class CodexCallBeans {
    private CodexCallBeans() {}

    /**
     * Binds {@code codexBegin}, {@code codexHeaders}, {@code codexReply}, {@code codexFailure}, {@code codexHttp} and
     * {@code upstreamFailures}.
     */
    public static void bind(Registry registry, CodexBase base, BoundedHttp http, CallObserver observer, Clock clock) {
        UpstreamFailures failures = new UpstreamFailures(clock);
        registry.bind("upstreamFailures", failures);
        registry.bind("codexHttp", http);
        registry.bind("codexBegin", new CallBegin());
        registry.bind("codexHeaders", new CallHeaders(base));
        registry.bind("codexReply", new CallReply(observer));
        registry.bind("codexFailure", new CallFailure(failures, observer));
    }
}
