package dev.turnpike.commandline;

import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.api.ThreadVariant;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.FaultRule;
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

/** The options of the stand-in for Codex. */
final class SandboxOptions {
    /** Lifetime of tokens. The real CLI must not refresh one while a sandbox runs, since it would do that at OpenAI. */
    private static final Duration TOKENS = Duration.ofDays(30);
    /** Past tasks, so that the CLI has something to list and the runtime turns that ended before it started. */
    private static final int HISTORY = 15;
    /** Tasks of an account: at the busiest pace they come ten thousand an hour, and all of them are in memory. */
    private static final int KEPT = 2_000;

    @Option(
            names = "--pace",
            paramLabel = "PACE",
            description = "How busy the stand-in is: quiet, demo (default) or busy.")
    private String pace = "demo";

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of everything random; the seed of an earlier sandbox repeats it.")
    private long seed = new SecureRandom().nextInt(1_000_000);

    @Option(
            names = "--fault",
            paramLabel = "KIND=RATE",
            description = "Inject a fault into this share of upstream's replies, from 0 to 1.")
    private Map<String, Double> faults = new LinkedHashMap<>();

    @Option(
            names = "--source",
            paramLabel = "SOURCE",
            split = ",",
            description = "What it serves: tasks (default), threads of the new Codex cloud (experimental), or"
                    + " tasks,threads alternately.")
    private Set<String> sources = Set.of("tasks");

    @Option(
            names = "--thread-variant",
            paramLabel = "NAME",
            split = ",",
            description = "Vary the form of threads where the live one is unknown: bare-items, ascending,"
                    + " unordered-list, null-fields, null-updated, bare-thread, bare-pages, no-flags-in-list,"
                    + " not-loaded.")
    private Set<String> variants = Set.of();

    long seed() {
        return seed;
    }

    /**
     * Starts the stand-in, and returns when it accepts connections.
     *
     * @param port on loopback, 0 for any free one
     * @throws CommandFailedException for an unknown pace, fault, source or variant, with the known ones in the message
     */
    SandboxBackend start(int port) throws IOException {
        try {
            List<FaultRule> rules = new ArrayList<>();
            faults.forEach((kind, rate) -> rules.add(FaultRule.mixed(Fault.named(List.of(kind)), rate)));
            SandboxBackend backend = SandboxBackend.builder()
                    .port(port)
                    .pace(Pace.named(pace))
                    .seed(seed)
                    .history(HISTORY)
                    .mostTasks(KEPT)
                    .sources(sources)
                    .threadVariants(variants.stream().map(ThreadVariant::of).collect(Collectors.toSet()))
                    .accessTokenLifetime(TOKENS)
                    .startWhenListed()
                    .start();
            rules.forEach(backend.faults()::add);
            return backend;
        } catch (IllegalArgumentException e) {
            throw CommandFailedException.usage(CommandFailedException.line(e));
        }
    }

    /** The settings that point the runtime at a stand-in that was started with these options. */
    Map<String, String> settings(SandboxBackend backend) {
        return Map.of(
                "codex.base-url", backend.baseUri().toString(),
                "codex.threads-url", backend.origin().toString(),
                "codex.token-url", backend.tokenUri().toString(),
                "codex.sources", String.join(",", sources));
    }
}
