package dev.turnpike.sandbox;

import dev.turnpike.sandbox.api.CodexEndpoints;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.api.ThreadEndpoints;
import dev.turnpike.sandbox.api.TokenApi;
import dev.turnpike.sandbox.api.TokenIssuer;
import dev.turnpike.sandbox.faults.Faults;
import dev.turnpike.sandbox.faults.FaultyReplies;
import dev.turnpike.sandbox.http.HttpListener;
import dev.turnpike.sandbox.world.Ledger;
import dev.turnpike.sandbox.world.Life;
import dev.turnpike.sandbox.world.Pace;
import dev.turnpike.sandbox.world.SandboxAccount;
import dev.turnpike.sandbox.world.UsageMeter;
import dev.turnpike.sandbox.world.World;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stand-in for the Codex backend and its token endpoint, in this process, on loopback: a world of tasks that changes
 * by itself or is scripted through {@link #world}, with faults from {@link #faults}; both also by HTTP below {@code
 * /sandbox}.
 */
public final class SandboxBackend implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SandboxBackend.class);
    private static final Duration BEAT = Duration.ofMillis(20);

    private final Clock clock;
    private final World world;
    private final Life life;
    private final TokenIssuer tokens;
    private final Faults faults;
    private final Requests requests = new Requests();
    private final HttpListener listener;
    private final ScheduledExecutorService scheduler;
    private final ScheduledFuture<?> beats;
    /** The pace to start when the tasks are first listed; null once it has started. */
    private volatile Pace waiting;

    SandboxBackend(SandboxBuilder settings) throws IOException {
        // the service gives times in microseconds; the ledger then has the very same ones
        clock = Clock.tick(settings.clock, Duration.ofNanos(1_000));
        SplittableRandom seed = new SplittableRandom(settings.seed);
        world = new World(clock, seed.split(), settings.sources, settings.mostTasks);
        life = new Life(world, clock, seed.split());
        faults = new Faults(seed.split());
        tokens = new TokenIssuer(world, clock, seed.split(), settings.accessTokenLifetime);
        for (int number = 1; number <= settings.accounts; number++) {
            world.add(new SandboxAccount(
                    "a" + number,
                    "%08d-2222-4333-8444-555555555555".formatted(number),
                    "user-sandbox-" + number,
                    number == 1 ? "pro" : "team",
                    new UsageMeter(clock.instant())));
        }
        waiting = settings.waiting ? settings.pace : null;
        if (waiting == null) {
            life.pace(settings.pace);
        }
        life.remember(settings.history);
        CodexEndpoints codex = new CodexEndpoints(world, life, clock);
        ThreadEndpoints threads = new ThreadEndpoints(world, settings.threadVariants);
        Control control = new Control(this, new TaskControl(world, life), clock);
        FaultyReplies faulty = new FaultyReplies(settings.retryAfter);
        RequestFilter filter = new RequestFilter(
                codex, threads, new TokenApi(tokens), control, tokens, faults, faulty, requests, clock);
        listener = new HttpListener(settings.port, clock, settings.drip, filter::answer);
        scheduler = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "sandbox-life");
            thread.setDaemon(true);
            return thread;
        });
        beats = scheduler.scheduleWithFixedDelay(this::beat, 0, BEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    public static SandboxBuilder builder() {
        return new SandboxBuilder();
    }

    /** The base for {@code codex.base-url}, in the style of {@code /backend-api}. */
    public URI baseUri() {
        return URI.create(origin() + "/backend-api");
    }

    /**
     * The root: the base for {@code codex.threads-url}, and for {@code codex.base-url} one without {@code /backend-api},
     * which selects the {@code /api/codex} paths.
     */
    public URI origin() {
        return URI.create("http://127.0.0.1:" + listener.port());
    }

    public URI tokenUri() {
        return URI.create(origin() + "/oauth/token");
    }

    public World world() {
        return world;
    }

    public Faults faults() {
        return faults;
    }

    public Ledger ledger() {
        return new Ledger(world);
    }

    public Requests requests() {
        return requests;
    }

    public TokenIssuer tokens() {
        return tokens;
    }

    public void pace(Pace pace) {
        waiting = null;
        life.pace(pace);
    }

    /** What happens by itself, for which {@link Life#tick} is called some times a second. */
    public Life life() {
        return life;
    }

    /** Signs the first account in and writes {@code auth.json} into the folder, as the real CLI expects it. */
    public Path writeCodexHome(Path folder) throws IOException {
        return writeCodexHome(folder, "a1");
    }

    /** As {@link #writeCodexHome(Path)}, for the account of that short name. */
    public Path writeCodexHome(Path folder, String account) throws IOException {
        return tokens.issue(account).writeTo(folder, clock.instant());
    }

    /** As {@link #writeCodexHome(Path, String)} a day ago; a negative lifetime writes an access token that has expired. */
    public Path writeCodexHome(Path folder, String account, Duration accessTokenLifetime) throws IOException {
        return tokens.issue(account, accessTokenLifetime)
                .writeTo(folder, clock.instant().minus(Duration.ofDays(1)));
    }

    private void beat() {
        try {
            Pace first = waiting;
            if (first != null && requests.count(SandboxEndpoint.LIST) + requests.count(SandboxEndpoint.THREADS) > 0) {
                pace(first);
            }
            if (waiting == null) {
                life.tick();
            }
        } catch (RuntimeException e) {
            log.error("Sandbox world failed to run scheduled event", e);
        }
    }

    @Override
    public void close() {
        beats.cancel(false);
        scheduler.shutdownNow();
        listener.close();
    }
}
