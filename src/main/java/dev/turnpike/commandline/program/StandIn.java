package dev.turnpike.commandline.program;

import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.FaultRule;
import dev.turnpike.sandbox.threads.ThreadVariant;
import dev.turnpike.sandbox.world.Pace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** The stand-in backend in this process. */
public final class StandIn implements RunningSandbox {
    /** Tokens outlive every sandbox: the real CLI would otherwise renew them where it always does, at OpenAI. */
    private static final Duration TOKENS = Duration.ofDays(30);
    /** So that the CLI has something to list, and the runtime something to pass over in silence. */
    private static final int HISTORY = 15;

    private final SandboxBackend backend;

    private StandIn(SandboxBackend backend) {
        this.backend = backend;
    }

    public static StandIn start(RunningSandbox.Options options) throws IOException {
        SandboxBackend backend = SandboxBackend.builder()
                .port(options.port())
                .pace(Pace.named(options.pace()))
                .seed(options.seed())
                .history(HISTORY)
                .sources(options.sources())
                .threadVariants(
                        options.variants().stream().map(ThreadVariant::of).collect(Collectors.toSet()))
                .accessTokenLifetime(TOKENS)
                .untilSeen()
                .start();
        try {
            options.faults().forEach((kind, rate) -> backend.faults().add(FaultRule.mixed(faults(kind), rate)));
        } catch (IllegalArgumentException e) {
            backend.close();
            throw e;
        }
        return new StandIn(backend);
    }

    @Override
    public URI baseUri() {
        return backend.baseUri();
    }

    @Override
    public URI threadsUri() {
        return backend.threadsUri();
    }

    @Override
    public URI tokenUri() {
        return backend.tokenUri();
    }

    @Override
    public void writeCodexHome(Path folder) throws IOException {
        backend.writeCodexHome(folder);
    }

    @Override
    public void close() {
        backend.close();
    }

    private static Set<Fault> faults(String kind) {
        if (kind.equals("all")) {
            return Fault.all();
        }
        if (kind.equals("drift")) {
            return Fault.drift();
        }
        Set<Fault> named = Arrays.stream(Fault.values())
                .filter(fault -> fault.word().equals(kind))
                .collect(Collectors.toSet());
        if (named.isEmpty()) {
            throw new IllegalArgumentException("fault " + kind + ": must be all, drift, "
                    + Arrays.stream(Fault.values()).map(Fault::word).collect(Collectors.joining(", ")));
        }
        return named;
    }
}
