package dev.turnpike.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.KnownTask;
import dev.turnpike.comparison.KnownTask.KnownTurn;
import dev.turnpike.publishing.Source;
import dev.turnpike.runtime.StateKinds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The state in memory: what it takes, and what a poll visits of it. */
class StateTableTest {
    private static final int TASKS = 100_000;
    /** Measured: 154, and 1,475 as a tree of JSON nodes. */
    private static final int BYTES_PER_TASK = 200;

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final String ACCOUNT = "ws/user";

    @Tag("thorough")
    @Test
    void anIdleTaskTakesFewBytesOfHeap() {
        // what other tests of this JVM take meanwhile is measured as well, so one of several measurements is enough
        List<Long> measured = new ArrayList<>();
        while (measured.size() < 5 && measured.stream().noneMatch(StateTableTest::isFew)) {
            StateTable table = new StateTable(StateKinds.all());
            fill(table, 1000);
            table.clear();
            long before = usedHeap();

            fill(table, TASKS);

            measured.add((usedHeap() - before) / TASKS);
            assertThat(table.size()).isEqualTo(TASKS);
            assertThat(table.get(Source.TASKS.tasks().key(ACCOUNT, id(77)))).contains(idle(77));
        }
        assertThat(measured).anyMatch(StateTableTest::isFew);
    }

    private static boolean isFew(long bytes) {
        return bytes >= 50 && bytes <= BYTES_PER_TASK;
    }

    @Test
    void whatAPollAsksForDoesNotVisitTheIdleTasks() {
        AtomicInteger unpacked = new AtomicInteger();
        StateKind.Packing<KnownTask> real = Source.TASKS.tasks().packing();
        StateKind<KnownTask> counted = new StateKind<>("task", "", KnownTask.class, 2, new StateKind.Packing<>() {
            @Override
            public Optional<byte[]> pack(String name, KnownTask value) {
                return real.pack(name, value);
            }

            @Override
            public KnownTask unpack(String name, byte[] packed) {
                unpacked.incrementAndGet();
                return real.unpack(name, packed);
            }
        });
        StateTable table = new StateTable(List.of(counted));
        for (int i = 0; i < 20_000; i++) {
            table.put(counted.key(ACCOUNT, id(i)), idle(i));
        }
        KnownTask open = new KnownTask(
                null,
                "a",
                false,
                false,
                Map.of("a", new KnownTurn(true, true, new TreeSet<>(), Map.of())),
                null,
                null,
                false);
        table.put(counted.key(ACCOUNT, id(7)), open);
        table.put(counted.key("ws/other", id(8)), open);
        KnownState view = new KnownState(table, Map.of());

        assertThat(view.active(counted, ACCOUNT)).containsOnlyKeys(id(7));
        assertThat(unpacked).hasValue(0);

        assertThat(view.get(counted.key(ACCOUNT, id(9)))).contains(idle(9));
        assertThat(unpacked).hasValue(1);

        assertThat(view.idle(counted, ACCOUNT, 3, 500)).hasSizeBetween(1, 500);
        assertThat(unpacked).hasValue(1);

        table.put(counted.key(ACCOUNT, id(7)), idle(7));
        assertThat(view.active(counted, ACCOUNT)).isEmpty();
        assertThat(view.get(counted.key(ACCOUNT, id(7)))).contains(idle(7));
    }

    @Test
    void everyIdleRecordIsVisitedInTurn() {
        StateTable table = new StateTable(StateKinds.all());
        fill(table, 3000);
        TreeSet<String> met = new TreeSet<>();
        for (int turn = 0; turn < 20; turn++) {
            met.addAll(table.idle(Source.TASKS.tasks(), ACCOUNT, turn, 500));
        }
        assertThat(met).hasSize(3000);
    }

    @Test
    void aRecordOfANewerProgramFailsThoseWhoAskForItsAccountAndNobodyElse() {
        StateTable table = new StateTable(StateKinds.all());
        table.read(List.of(
                record("task|ws/user|t1", "{\"v\":99}".getBytes(UTF_8)),
                record("task|ws/other|t1", Source.TASKS.tasks().write(idle(1))),
                record("later|ws/user|t1", "{\"v\":1}".getBytes(UTF_8))));

        assertThatThrownBy(() -> table.get(Source.TASKS.tasks().key("ws/user", "t1")))
                .hasMessageContaining("format 99");
        assertThatThrownBy(() -> table.active(Source.TASKS.tasks(), "ws/user")).hasMessageContaining("format 99");
        assertThat(table.get(Source.TASKS.tasks().key("ws/user", "t2"))).isEmpty();
        assertThat(table.get(Source.TASKS.tasks().key("ws/other", "t1"))).isPresent();
        assertThat(table.size())
                .as("one of a kind that nobody knows is left out")
                .isEqualTo(2);
    }

    /** They are decoded by several threads. */
    @Test
    void ofManyRecordsThatAreReadTogetherTheLastOfEachKeyHolds() {
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            byte[] value = i % 7 == 0 ? null : Source.TASKS.tasks().write(idle(i));
            records.add(record("task|" + ACCOUNT + "|" + id(i % 1000), value));
        }
        records.add(record("later|ws/user|t1", new byte[0]));
        StateTable table = new StateTable(StateKinds.all());

        table.read(records);

        for (int i = 19_000; i < 20_000; i++) {
            Optional<KnownTask> last = i % 7 == 0 ? Optional.empty() : Optional.of(idle(i));
            assertThat(table.get(Source.TASKS.tasks().key(ACCOUNT, id(i % 1000))))
                    .as("record %d", i)
                    .isEqualTo(last);
        }
        assertThat(table.size())
                .isEqualTo(
                        IntStream.range(19_000, 20_000).filter(i -> i % 7 != 0).count());
    }

    private static ConsumerRecord<String, byte[]> record(String key, byte[] value) {
        return new ConsumerRecord<>("codex.state", 0, 0, key, value);
    }

    private static void fill(StateTable table, int tasks) {
        for (int i = 0; i < tasks; i++) {
            table.read(List.of(
                    record("task|" + ACCOUNT + "|" + id(i), Source.TASKS.tasks().write(idle(i)))));
        }
    }

    private static String id(int number) {
        return "task_e_0000000000000000" + HexFormat.of().toHexDigits(number * 0x9E3779B97F4A7C15L);
    }

    private static KnownTask idle(int number) {
        String turn =
                id(number) + "~assttrn_e_0000000000000000" + HexFormat.of().toHexDigits(number * 0xC2B2AE3D27D4EB4FL);
        KnownTurn settled = new KnownTurn(true, false, new TreeSet<>(List.of(TurnStatus.COMPLETED)), Map.of());
        return new KnownTask(
                HexFormat.of().toHexDigits(number * 31L),
                turn,
                false,
                false,
                Map.of(turn, settled),
                NOON.minusSeconds(number),
                null,
                false);
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
