package dev.turnpike.runtime;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.codex.call.RouteCodexClient;
import dev.turnpike.codex.call.UpstreamFailures;
import dev.turnpike.commands.CommandAccounts;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.polling.SignInSlot;
import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.support.PluginHelper;

/**
 * Calls Codex without the rest of the runtime, for commands: with the same sign-ins, and {@code
 * routes/codex.camel.yaml} in a Camel context of its own, so that calls behave exactly as those of polling.
 */
public final class CodexConnection implements CodexClient, AutoCloseable {
    private static final String FILE = "codex.camel.yaml";

    private final Settings settings;
    private final Clock clock;
    private final SignIns signIns;
    private final Upstream upstream;
    private CamelContext context;
    private CodexClient codex;

    /** Nothing is sent, and no route started, before the first call. */
    public CodexConnection(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.signIns = new SignIns(settings, clock);
        this.upstream = Upstream.of(settings);
    }

    public List<SignInSlot> slots() {
        return signIns.slots();
    }

    /** The sign-ins of the settings, with their custom prompts. */
    public CommandAccounts accounts() {
        return CommandWiring.accounts(settings, slots());
    }

    public TaskLinks links() {
        return new TaskLinks(upstream.base().toString());
    }

    /**
     * One call, with another token after a 401 as far as the credentials give one.
     *
     * @throws UncheckedIOException when the folder of the setting {@code routes} does not have the route file
     * @throws dev.turnpike.codex.UpstreamException classified, for every failure upstream
     * @throws dev.turnpike.credentials.AuthRequiredException when a person has to sign in
     * @throws dev.turnpike.credentials.CredentialsUnavailableException when there is no valid token at the moment
     */
    @Override
    public Reply call(CodexRequest request) {
        if (codex == null) {
            try {
                start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return codex.call(request);
    }

    private void start() throws IOException {
        Path file = settings.path("routes").resolve(FILE);
        if (!Files.isReadable(file)) {
            throw new NoSuchFileException(file.toString());
        }
        context = CamelSetup.context(settings);
        upstream.bind(context.getRegistry(), (endpoint, outcome, duration) -> {}, clock);
        try {
            PluginHelper.getRoutesLoader(context).loadRoutes(new RouteFile(file));
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeCamelException(e);
        }
        context.start();
        codex = new RouteCodexClient(context, new UpstreamFailures(clock));
    }

    @Override
    public void close() {
        if (context != null) {
            context.stop();
        }
        upstream.close();
        signIns.close();
    }
}
