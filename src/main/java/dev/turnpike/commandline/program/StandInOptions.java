package dev.turnpike.commandline.program;

import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.FaultRule;
import dev.turnpike.sandbox.threads.ThreadVariant;
import dev.turnpike.sandbox.world.Pace;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The options of the stand-in for Codex, and the stand-in that follows from them. */
public final class StandInOptions {
    /** Tokens outlive every sandbox: the real CLI would otherwise renew them where it always does, at OpenAI. */
    private static final Duration TOKENS = Duration.ofDays(30);
    /** So that the CLI has something to list, and the runtime has turns that ended before it started. */
    private static final int HISTORY = 15;

    @Option(names = "--pace", paramLabel = "PACE", description = "How busy it is: quiet, demo (default) or busy.")
    private String pace = "demo";

    @Option(names = "--seed", paramLabel = "N", description = "Repeat the story of an earlier sandbox.")
    private long seed = new SecureRandom().nextInt(1_000_000);

    @Option(
            names = "--fault",
            paramLabel = "KIND=RATE",
            description = "Misbehave upstream: in this share of the replies, from 0 to 1.")
    private Map<String, Double> faults = new LinkedHashMap<>();

    @Option(
            names = "--source",
            paramLabel = "SOURCE",
            split = ",",
            description = "Where its tasks live: tasks (default), threads of the new Codex cloud (experimental), or"
                    + " tasks,threads in turn.")
    private Set<String> sources = Set.of("tasks");

    @Option(
            names = "--thread-variant",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Show threads otherwise than the known samples do, where the live form is unknown: bare-items, ascending,"
                            + " unordered-list, null-fields, null-updated, bare-thread, bare-pages, no-flags-in-list,"
                            + " not-loaded.")
    private Set<String> variants = Set.of();

    public long seed() {
        return seed;
    }

    /** For {@code codex.sources}. */
    public Set<String> sources() {
        return sources;
    }

    /**
     * Returns when the stand-in answers.
     *
     * @param port on loopback, 0 for any free one
     * @throws CommandFailedException for an unknown pace, fault, source or variant, with the known ones in the message
     */
    public SandboxBackend start(int port) throws IOException {
        try {
            List<FaultRule> rules = new ArrayList<>();
            faults.forEach((kind, rate) -> rules.add(FaultRule.mixed(Fault.named(List.of(kind)), rate)));
            SandboxBackend backend = SandboxBackend.builder()
                    .port(port)
                    .pace(Pace.named(pace))
                    .seed(seed)
                    .history(HISTORY)
                    .sources(sources)
                    .threadVariants(variants.stream().map(ThreadVariant::of).collect(Collectors.toSet()))
                    .accessTokenLifetime(TOKENS)
                    .untilSeen()
                    .start();
            rules.forEach(backend.faults()::add);
            return backend;
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(ExitCode.USAGE, CommandFailedException.line(e));
        }
    }
}
