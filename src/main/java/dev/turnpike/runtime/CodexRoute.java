package dev.turnpike.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.codex.call.RouteCodexClient;
import dev.turnpike.codex.call.UpstreamFailures;
import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.camel.CamelContext;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.support.PluginHelper;

/**
 * The way to upstream without the rest of the runtime: {@code routes/codex.camel.yaml} in a Camel context of its own, so that
 * a check meets exactly what polling would meet.
 */
public final class CodexRoute implements AutoCloseable {
    private static final String FILE = "codex.camel.yaml";

    private final CamelContext context;
    private final Upstream upstream;
    private final CodexClient codex;

    private CodexRoute(CamelContext context, Upstream upstream, CodexClient codex) {
        this.context = context;
        this.upstream = upstream;
        this.codex = codex;
    }

    /**
     * Starts Camel with that one route file.
     *
     * @throws IOException when the folder of the setting {@code routes} does not have it
     */
    public static CodexRoute start(Settings settings, Clock clock) throws IOException {
        Path file = settings.path("routes").resolve(FILE);
        if (!Files.isReadable(file)) {
            throw new NoSuchFileException(file.toString());
        }
        Upstream upstream = Upstream.of(settings);
        CamelContext context = CamelSetup.context(settings, "camel.properties");
        upstream.bind(context.getRegistry(), (endpoint, outcome, duration) -> {}, clock);
        try {
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(PluginHelper.getResourceLoader(context).resolveResource("file:" + file));
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeCamelException(e);
        }
        context.start();
        return new CodexRoute(context, upstream, new RouteCodexClient(context, new UpstreamFailures(clock)));
    }

    /**
     * One call, with another token after a 401 as far as the credentials give one.
     *
     * @throws dev.turnpike.codex.UpstreamException classified, for every failure upstream
     * @throws dev.turnpike.credentials.AuthRequiredException when a person has to sign in
     * @throws dev.turnpike.credentials.CredentialsUnavailableException when there is no token just now
     */
    public JsonNode call(CodexRequest request) {
        return codex.call(request).json();
    }

    @Override
    public void close() {
        context.stop();
        upstream.close();
    }
}
