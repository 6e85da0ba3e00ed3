package dev.turnpike.scan;

import static dev.turnpike.scan.UpstreamJson.at;
import static dev.turnpike.scan.UpstreamJson.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.MovableClock;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.comparison.Observation;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.AttemptsEvents;
import dev.turnpike.events.Content;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.events.TaskSnapshots;
import dev.turnpike.events.TurnEvents;
import dev.turnpike.polling.Accounts;
import dev.turnpike.polling.CredentialsForTests;
import dev.turnpike.polling.PollKind;
import dev.turnpike.polling.PollMeters;
import dev.turnpike.polling.PollSchedule;
import dev.turnpike.polling.Polls;
import dev.turnpike.polling.SignInSlot;
import dev.turnpike.polling.WatchedAccount;
import dev.turnpike.scan.TaskPolls.ScanSettings;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.ShardInMemory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.ThreadPoolProfileBuilder;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.spi.Registry;
import org.apache.camel.test.main.junit5.CamelMainTestSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;

/** The route files of polling as they ship, with a scripted Codex at one end and a shard in memory at the other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ScriptedPolls extends CamelMainTestSupport {

    final MovableClock clock = new MovableClock(at(0));
    final CredentialsForTests credentials = new CredentialsForTests();
    final SignInSlot slot = new SignInSlot(credentials, "test", EnumSet.of(kind(), PollKind.USAGE));
    final ShardInMemory shard = new ShardInMemory();
    final ScriptedCodex codex = new ScriptedCodex();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> polls = new CopyOnWriteArrayList<>();
    final List<String> drift = new CopyOnWriteArrayList<>();
    final List<Observation> seen = new CopyOnWriteArrayList<>();
    String account;

    @Override
    protected void configure(MainConfigurationProperties configuration) {
        configuration.withRoutesIncludePattern("file:routes/poll-t*.camel.yaml,file:routes/publish.camel.yaml");
        configuration.addConfiguration(new CamelConfiguration() {
            @Override
            public void configure(CamelContext context) {
                context.getPropertiesComponent().addInitialProperty("poll.tick", "5");
                context.getExecutorServiceManager()
                        .registerThreadPoolProfile(new ThreadPoolProfileBuilder("pollers")
                                .poolSize(2)
                                .build());
            }
        });
        configuration.addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:codex").errorHandler(noErrorHandler()).process(codex);
            }
        });
    }

    @Override
    protected void bindToRegistry(Registry beans) {
        credentials.isRetryDue(false);
        PollMeters meters = new PollMeters(new SimpleMeterRegistry(), Clock.systemUTC()) {
            @Override
            public void polled(String account, PollKind kind, String outcome, Duration took) {
                polls.add(outcome);
            }
        };
        PollSchedule.Intervals intervals =
                new PollSchedule.Intervals(Duration.ofSeconds(15), Duration.ofSeconds(60), Duration.ofSeconds(60));
        PollSchedule schedule = new PollSchedule(intervals, new Random(1));
        Accounts accounts = new Accounts(List.of(slot), id -> Optional.of(shard), schedule, meters, clock);
        beans.bind("polls", new Polls(accounts, schedule, meters, (watched, failure) -> {}, clock));
        for (PollKind kind : PollKind.values()) {
            beans.bind(kind.label() + "Due", accounts.dueExpression(kind));
        }
        beans.bind(
                "taskPolls",
                context(settings(), codex, threads, new SeenTasks(seen), drift::add, new ScanMemories(), clock));
    }

    static TaskPolls context(
            ScanSettings settings,
            CodexClient codex,
            ExecutorService threads,
            TaskListener listener,
            DriftObserver drift,
            ScanMemories memories,
            Clock clock) {
        TaskLinks links = new TaskLinks("https://codex.test/backend-api");
        return new TaskPolls(
                settings,
                codex,
                threads,
                new TurnEvents(links, Content.FULL, 65536),
                new TaskSnapshots(links),
                new AttemptsEvents(links, Content.FULL),
                listener,
                drift,
                memories,
                clock);
    }

    static TaskScan scan(
            WatchedAccount account,
            ScanSettings settings,
            CodexClient codex,
            TaskListener listener,
            ScanMemories memories,
            Clock clock) {
        return new TaskScan(
                account,
                context(settings, codex, ForkJoinPool.commonPool(), listener, DriftObserver.NONE, memories, clock));
    }

    /** What is polled. */
    PollKind kind() {
        return PollKind.TASKS;
    }

    ScanSettings settings() {
        return settings(false, true);
    }

    /** One call at a time, so that their order is certain. */
    static ScanSettings settings(boolean fromBeginning, boolean details) {
        return new ScanSettings(
                20,
                Duration.ofHours(1),
                Duration.ofDays(30),
                fromBeginning,
                details,
                Duration.ofMinutes(1),
                1,
                Duration.ofMinutes(1));
    }

    @AfterAll
    void stopThreads() {
        threads.shutdownNow();
    }

    /** Each test has an account of its own, of which nothing is known. */
    @BeforeEach
    void beginWithAnotherAccount(TestInfo test) {
        account = "workspace-1/" + test.getTestMethod().orElseThrow().getName();
        credentials.belongTo(new Identity(account, "pro"));
        shard.forget();
        codex.forget();
        drift.clear();
        seen.clear();
        // past any back-off of the test before
        clock.move(Duration.ofHours(2));
    }

    /** Moves the clock by ten minutes, past any interval and back-off, and waits until that poll is over. */
    String poll() {
        return pollAfter(Duration.ofMinutes(10));
    }

    String pollAfter(Duration pause) {
        int before = polls.size();
        clock.move(pause);
        credentials.isRetryDue(true);
        await().pollInterval(Duration.ofMillis(5)).until(() -> polls.size() > before);
        credentials.isRetryDue(false);
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> slot.isDue(kind(), clock.instant().plusSeconds(86400)));
        return polls.get(before);
    }

    void firstContact() {
        codex.reply("tasks/list", page(null));
        assertThat(poll()).isEqualTo("ok");
        codex.asked();
    }

    /** Keeps what waits to be published. */
    private record SeenTasks(List<Observation> seen) implements TaskListener {
        @Override
        public List<Proposal> onObserved(Identity account, List<Observation> observed) {
            seen.addAll(observed);
            return List.of();
        }
    }
}
