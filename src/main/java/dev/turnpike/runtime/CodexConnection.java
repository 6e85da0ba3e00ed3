package dev.turnpike.runtime;

import dev.turnpike.codex.call.CodexBase;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.commands.CommandAccounts;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;

/** The way to upstream for commands at a terminal: the same sign-ins and the same route as the runtime has. */
public final class CodexConnection implements AutoCloseable {
    private final Settings settings;
    private final SignIns watching;
    private final CodexRoute route;

    private CodexConnection(Settings settings, SignIns watching, CodexRoute route) {
        this.settings = settings;
        this.watching = watching;
        this.route = route;
    }

    /**
     * Ready for calls; nothing was sent yet.
     *
     * @throws UncheckedIOException when the route file is missing
     */
    public static CodexConnection open(Settings settings, Clock clock) {
        try {
            CodexRoute route = CodexRoute.start(settings, clock);
            return new CodexConnection(settings, new SignIns(settings, clock), route);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sign-ins of the settings, with their custom prompts. */
    public CommandAccounts accounts() {
        return CommandWiring.accounts(settings, watching.slots());
    }

    /** Calls whose replies do not carry upstream's clock. */
    public CodexClient calls() {
        return request -> new CodexClient.Reply(route.call(request), null);
    }

    public TaskLinks links() {
        return new TaskLinks(
                CodexBase.of(settings.uri("codex.base-url").toString()).toString());
    }

    @Override
    public void close() {
        route.close();
        watching.close();
    }
}
