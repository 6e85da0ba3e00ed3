package dev.turnpike.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.MovableClock;
import dev.turnpike.sandbox.world.Ledger;
import dev.turnpike.sandbox.world.Pace;
import dev.turnpike.sandbox.world.TaskRequest;
import dev.turnpike.sandbox.world.TurnState;
import dev.turnpike.sandbox.world.World;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The world by itself, on a clock of the test's. */
class LivingWorldTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @Test
    void theSameSeedGivesTheSameStory() throws Exception {
        List<Ledger.Entry> first = live(3, Duration.ofMinutes(10));
        assertThat(first).hasSizeGreaterThan(40);
        assertThat(live(3, Duration.ofMinutes(10))).isEqualTo(first);
        assertThat(live(4, Duration.ofMinutes(10))).isNotEqualTo(first);
    }

    @Test
    void turnsEndInEveryWayAndAreFollowedUpAtOnceOrLater() throws Exception {
        List<Ledger.Entry> entries = live(5, Duration.ofMinutes(30));
        assertThat(entries.stream()
                        .flatMap(entry -> entry.endings().stream())
                        .map(Ledger.Ending::state)
                        .distinct())
                .containsExactlyInAnyOrder(TurnState.COMPLETED, TurnState.FAILED, TurnState.CANCELLED);
        Map<String, List<Ledger.Entry>> byTask = entries.stream().collect(Collectors.groupingBy(Ledger.Entry::taskId));
        int atOnce = 0;
        int later = 0;
        for (List<Ledger.Entry> turns : byTask.values()) {
            for (int next = 1; next < turns.size(); next++) {
                boolean sameInstant = turns.get(next - 1)
                        .endings()
                        .get(0)
                        .at()
                        .equals(turns.get(next).createdAt());
                atOnce += sameInstant ? 1 : 0;
                later += sameInstant ? 0 : 1;
            }
        }
        assertThat(atOnce).isGreaterThan(3);
        assertThat(later).isGreaterThan(3);
    }

    @Test
    void theListShowsAVarietyOfTasks() throws Exception {
        MovableClock clock = new MovableClock(Instant.parse("2026-11-22T08:00:00Z"));
        try (SandboxBackend backend = SandboxBackend.builder()
                .clock(clock)
                .history(12)
                .pace(Pace.demo())
                .seed(11)
                .start()) {
            SandboxClient client = new SandboxClient(backend).with(backend.writeCodexHome(folder));
            assertThat(client.json("/api/codex/tasks/list").path("items").size())
                    .isGreaterThan(8);
            StringBuilder onTheWay = new StringBuilder();
            for (int minute = 0; minute < 20; minute++) {
                pass(backend, clock, Duration.ofMinutes(1));
                onTheWay.append(client.get("/api/codex/tasks/list").body());
            }
            assertThat(onTheWay).contains("\"turn_status\":\"in_progress\"", "\"title\":\"New task\"");
            String all = client.get("/api/codex/tasks/list?task_filter=all&limit=100")
                    .body();
            JsonNode items = JSON.readTree(all).path("items");
            List<String> titles = new ArrayList<>();
            items.forEach(item -> titles.add(item.path("title").asText()));
            assertThat(titles.stream().distinct().count()).isGreaterThan(40);
            assertThat(titles).noneMatch(title -> title.contains("{"));
            assertThat(all)
                    .contains("\"merged\":true", "\"intent\":\"qa\"")
                    .contains("\"turn_status\":\"failed\"", "platform (go)");
            assertThat(client.get("/api/codex/tasks/list?task_filter=archived").body())
                    .contains("\"archived\":true");
            assertThat(items)
                    .anyMatch(item -> !item.at("/task_status_display/latest_turn_status_display/sibling_turn_ids")
                            .isEmpty());
            JsonNode limit = client.json("/api/codex/usage").path("rate_limit");
            assertThat(limit.at("/primary_window/used_percent").asInt()).isEqualTo(97);
            assertThat(limit.path("limit_reached").asBoolean(true))
                    .as("room is left for a task of the person who tries it out")
                    .isFalse();
        }
    }

    @Test
    void ofManyTasksTheOldestThatHaveEndedAreDropped() throws Exception {
        MovableClock clock = new MovableClock(Instant.parse("2026-11-22T08:00:00Z"));
        try (SandboxBackend backend = SandboxBackend.builder()
                .clock(clock)
                .pace(Pace.busy())
                .mostTasks(50)
                .start()) {
            World.Created open = backend.world().create(TaskRequest.plain());
            pass(backend, clock, Duration.ofMinutes(3));
            assertThat(backend.world()
                            .atomically(() -> List.copyOf(
                                    backend.world().account("a1").tasks.keySet())))
                    .as("of some hundreds")
                    .hasSizeBetween(50, 150)
                    .contains(open.taskId());
            assertThat(backend.ledger().entries()).hasSizeBetween(50, 750);
            Instant oldest = backend.ledger().entries().stream()
                    .filter(entry -> !entry.taskId().equals(open.taskId()))
                    .map(Ledger.Entry::createdAt)
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
            assertThat(oldest).isAfter(clock.instant().minus(Duration.ofMinutes(2)));
        }
    }

    @Test
    void attemptsEndAtDifferentTimes() throws Exception {
        MovableClock clock = new MovableClock(Instant.parse("2026-11-22T08:00:00Z"));
        try (SandboxBackend backend =
                SandboxBackend.builder().clock(clock).pace(Pace.quiet()).start()) {
            World world = backend.world();
            World.Created task = world.create(TaskRequest.plain().withAttempts(4));
            backend.life().run(task.turnId());
            int mixed = 0;
            for (int beat = 0; beat < 80; beat++) {
                clock.move(Duration.ofMillis(100));
                backend.life().tick();
                long ended = world.atomically(() -> world.task(task.taskId()).latest().attempts().stream()
                        .filter(turn -> turn.state.ended())
                        .count());
                mixed += ended > 0 && ended < 4 ? 1 : 0;
            }
            assertThat(mixed).isPositive();
            assertThat(world.atomically(() -> world.task(task.taskId()).latest().attempts().stream()
                            .allMatch(turn -> turn.state.ended())))
                    .isTrue();
        }
    }

    @Test
    void usageGrowsWithTheTurnsAndIsReset() throws Exception {
        MovableClock clock = new MovableClock(Instant.parse("2026-11-22T08:00:00Z"));
        try (SandboxBackend backend =
                SandboxBackend.builder().clock(clock).pace(Pace.busy()).start()) {
            SandboxClient client =
                    new SandboxClient(backend).with(backend.tokens().personalToken("a1"));
            int before = used(client);
            pass(backend, clock, Duration.ofSeconds(30));
            assertThat(used(client)).isGreaterThan(before + 10);
            backend.pace(Pace.quiet());
            clock.move(Duration.ofMinutes(30));
            assertThat(used(client)).isLessThan(5);
        }
    }

    @Test
    void aTaskIsCreatedWithinANewWeekAfterAnExhaustedOne() throws Exception {
        MovableClock clock = new MovableClock(Instant.parse("2026-11-22T08:00:00Z"));
        try (SandboxBackend backend = SandboxBackend.builder().clock(clock).start()) {
            SandboxClient client =
                    new SandboxClient(backend).with(backend.tokens().personalToken("a1"));
            client.control("usage", "{\"secondary_percent\":100}");
            assertThat(created(client).at("/rate_limit/limit_reached").asBoolean())
                    .isTrue();
            clock.move(Duration.ofDays(4));
            assertThat(created(client).at("/rate_limit/allowed").asBoolean()).isTrue();
        }
    }

    private static JsonNode created(SandboxClient client) throws Exception {
        String body = "{\"new_task\":{\"environment_id\":\"e0000000000000000000000000000003\",\"branch\":\"main\"},"
                + "\"input_items\":[{\"type\":\"message\",\"role\":\"user\",\"content\":["
                + "{\"content_type\":\"text\",\"text\":\"Say hello\"}]}]}";
        return SandboxClient.body(client.post("/api/codex/tasks", body));
    }

    @Test
    void aPaceOfNothingCreatesNothingButLetsPostedTasksEnd() throws Exception {
        try (SandboxBackend backend = SandboxBackend.builder()
                .pace(Pace.quiet().withRuns(Duration.ofMillis(50), Duration.ofMillis(100)))
                .start()) {
            SandboxClient client =
                    new SandboxClient(backend).with(backend.tokens().personalToken("a1"));
            assertThat(created(client).at("/task/id").isTextual()).isTrue();
            await().untilAsserted(() -> assertThat(backend.ledger().entries())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.endings()).hasSize(1)));
        }
    }

    private static List<Ledger.Entry> live(long seed, Duration time) throws Exception {
        MovableClock clock = new MovableClock(Instant.parse("2026-11-22T08:00:00Z"));
        try (SandboxBackend backend = SandboxBackend.builder()
                .clock(clock)
                .seed(seed)
                .pace(Pace.demo().withFollowUps(0.4, 0.5))
                .start()) {
            pass(backend, clock, time);
            return backend.ledger().entries();
        }
    }

    private static void pass(SandboxBackend backend, MovableClock clock, Duration time) {
        Duration step = Duration.ofMillis(250);
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(step)) {
            clock.move(step);
            backend.life().tick();
        }
    }

    private static int used(SandboxClient client) throws Exception {
        return client.json("/api/codex/usage")
                .at("/rate_limit/primary_window/used_percent")
                .asInt();
    }
}
