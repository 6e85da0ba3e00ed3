package dev.turnpike.sandbox;

import dev.turnpike.sandbox.world.Pace;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The stand-in backend in a process of its own, for tests that kill the runtime and for people without one. */
@Command(name = "sandbox-backend", mixinStandardHelpOptions = true, sortOptions = false)
public final class SandboxProcess implements Callable<Integer> {
    /** The line on standard output begins so once requests are answered; {@code key=value} pairs follow. */
    public static final String READY = "Sandbox backend ready ";

    @Spec
    private CommandSpec spec;

    @Option(names = "--port", defaultValue = "0", description = "port on loopback; 0 takes a free one")
    private int port;

    @Option(names = "--seed", description = "everything random follows from it, ids as well; default: the time")
    private Long seed;

    @Option(names = "--pace", defaultValue = "demo", description = "quiet, demo or busy")
    private String pace;

    @Option(names = "--accounts", defaultValue = "1", description = "how many accounts there are")
    private int accounts;

    @Option(names = "--history", defaultValue = "0", description = "tasks of the past days per account")
    private int history;

    @Option(
            names = "--source",
            split = ",",
            defaultValue = "tasks",
            description = "where new tasks live: tasks, threads, or tasks,threads in turn")
    private Set<String> sources;

    @Option(names = "--ledger", description = "file to append the truth about every turn to, as JSON lines")
    private Path ledger;

    @Option(names = "--codex-home", description = "folder to write auth.json into")
    private Path codexHome;

    @Option(
            names = "--access-token-lifetime",
            defaultValue = "PT1H",
            description = "how long access tokens are good, as in PT30S")
    private Duration accessTokenLifetime;

    @Option(names = "--until-stdin-closes", description = "end when standard input ends, as it does with the parent")
    private boolean untilStdinCloses;

    public static void main(String... arguments) {
        System.exit(new CommandLine(new SandboxProcess())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println(failure.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try (SandboxBackend backend = SandboxBackend.builder()
                .port(port)
                .seed(seed == null ? System.nanoTime() ^ System.currentTimeMillis() << 20 : seed)
                .pace(Pace.named(pace))
                .accounts(accounts)
                .history(history)
                .sources(sources)
                .ledger(ledger)
                .accessTokenLifetime(accessTokenLifetime)
                .start()) {
            String home = "";
            if (codexHome != null) {
                backend.writeCodexHome(codexHome);
                home = " codex-home=" + codexHome;
            }
            out.println(READY + "base-url=" + backend.baseUri() + " token-url=" + backend.tokenUri() + " control-url="
                    + backend.controlUri() + home);
            out.flush();
            if (untilStdinCloses) {
                System.in.transferTo(OutputStream.nullOutputStream());
            } else {
                new CountDownLatch(1).await();
            }
        }
        return 0;
    }
}
