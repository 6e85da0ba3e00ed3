package dev.turnpike.runtime;

import dev.turnpike.codex.call.CallObserver;
import dev.turnpike.codex.call.CodexBase;
import dev.turnpike.codex.call.CodexCallBeans;
import dev.turnpike.codex.call.ThreadsBase;
import dev.turnpike.http.BoundedHttp;
import dev.turnpike.http.HttpLimits;
import dev.turnpike.settings.Settings;
import java.io.Closeable;
import java.time.Clock;
import org.apache.camel.spi.Registry;

/**
 * Upstream's addresses and a client with limits, for {@code direct:codex}.
 *
 * @param base base URL of upstream
 * @param threads base URL of its threads
 */
record Upstream(CodexBase base, ThreadsBase threads, BoundedHttp http) implements Closeable {
    static Upstream of(Settings settings) {
        HttpLimits limits = HttpLimits.standard()
                .withReplyBytes(settings.integer("codex.max-reply-bytes"))
                .withDeadline(settings.duration("codex.call-deadline"));
        return new Upstream(
                CodexBase.of(settings.uri("codex.base-url")),
                ThreadsBase.of(settings.uri("codex.threads-url")),
                new BoundedHttp(limits, TurnpikeVersion.userAgent(), settings.network()));
    }

    void bind(Registry beans, CallObserver observer, Clock clock) {
        CodexCallBeans.bind(beans, base, threads, http, observer, clock);
    }

    @Override
    public void close() {
        http.close();
    }
}
