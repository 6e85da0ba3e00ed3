package dev.turnpike.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.Replies;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.KnownAccount;
import dev.turnpike.comparison.KnownTask;
import dev.turnpike.comparison.KnownTask.KnownTurn;
import dev.turnpike.comparison.KnownTask.Waiting;
import dev.turnpike.shard.StateKind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The records of the state topic as they are written today. A test that fails here means that state which is already in
 * somebody's Kafka would be read differently: then the format version has to go up, and the old one has to stay readable.
 */
class SourceTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private static final KnownAccount ACCOUNT =
            new KnownAccount(NOON, true, NOON.plusMillis(250), false, "opaque+#:=", NOON.minusSeconds(86_400));

    private static final String ACCOUNT_JSON = """
            {'v':2,'baseline':'2026-11-22T12:00:00Z','fromBeginning':true,'watermark':'2026-11-22T12:00:00.250Z',
             'historyCursor':'opaque+#:=','horizon':'2026-11-21T12:00:00Z'}""";

    private static final String TASK_JSON = """
            {'v':2,'fingerprint':'0123456789abcdef','latestTurnId':'task~c','turnsDue':true,
             'turns':{
              'task~a':{'settled':['COMPLETED']},
              'task~b':{'owed':true,'settled':['COMPLETED','FAILED']},
              'task~c':{'owed':true,'open':true,
               'waiting':{'CANCELLED':{'createdAt':'2026-11-22T12:00:00Z','endedAt':'2026-11-22T12:01:00Z',
                'since':'2026-11-22T12:02:00Z','tries':2}}}},
             'changedAt':'2026-11-22T12:00:00Z','horizon':'2026-11-21T12:00:00Z','untimed':true}""";

    private static KnownTask task() {
        Map<String, KnownTurn> turns = new LinkedHashMap<>();
        turns.put("task~a", new KnownTurn(false, false, settled(TurnStatus.COMPLETED), Map.of()));
        turns.put("task~b", new KnownTurn(true, false, settled(TurnStatus.COMPLETED, TurnStatus.FAILED), Map.of()));
        Waiting waiting = new Waiting(NOON, NOON.plusSeconds(60), NOON.plusSeconds(120), 2);
        turns.put("task~c", new KnownTurn(true, true, settled(), Map.of(TurnStatus.CANCELLED, waiting)));
        return new KnownTask("0123456789abcdef", "task~c", true, false, turns, NOON, NOON.minusSeconds(86_400), true);
    }

    private static SortedSet<TurnStatus> settled(TurnStatus... statuses) {
        return new TreeSet<>(Set.of(statuses));
    }

    @Test
    void anAccountIsWrittenAndReadLikeThis() {
        assertThat(json(Source.TASKS.accounts().write(ACCOUNT))).isEqualTo(Replies.json(ACCOUNT_JSON));
        assertThat(Source.TASKS.accounts().read(bytes(Replies.json(ACCOUNT_JSON))))
                .isEqualTo(ACCOUNT);
    }

    @Test
    void aTaskIsWrittenAndReadLikeThis() {
        assertThat(json(Source.TASKS.tasks().write(task()))).isEqualTo(Replies.json(TASK_JSON));
        assertThat(Source.TASKS.tasks().read(bytes(Replies.json(TASK_JSON)))).isEqualTo(task());
    }

    @Test
    void recordsOfTheFirstFormatAreReadAsThoseOfToday() {
        JsonNode account = Replies.json("{'v':1,'baseline':'2026-11-22T12:00:00Z','watermark':'2026-11-22T12:00:00Z'}");
        JsonNode task = Replies.json("{'v':1,'latestTurnId':'task~a','turns':{'task~a':{'settled':['COMPLETED']}}}");
        KnownTurn settled = new KnownTurn(false, false, settled(TurnStatus.COMPLETED), Map.of());
        KnownTask known = new KnownTask(null, "task~a", false, false, Map.of("task~a", settled), null, null, false);

        assertThat(Source.TASKS.accounts().read(bytes(account)))
                .isEqualTo(KnownAccount.firstContact(NOON, false, null));
        assertThat(Source.TASKS.tasks().read(bytes(task))).isEqualTo(known);
        // such a task has not changed since it was committed
        assertThat(new TaskPacking().asOf(known, NOON).isForgettable(NOON.plusSeconds(1)))
                .isTrue();
    }

    @Test
    void whatIsPackedIsUnpackedAsItWas() {
        Map<String, KnownTurn> turns = new LinkedHashMap<>();
        turns.put("task~a", new KnownTurn(false, false, settled(TurnStatus.COMPLETED), Map.of()));
        turns.put("other", new KnownTurn(true, false, settled(TurnStatus.CANCELLED, TurnStatus.FAILED), Map.of()));
        for (KnownTask idle : List.of(
                new KnownTask("0123456789abcdef", "other", false, true, turns, NOON.plusNanos(7), NOON, true),
                new KnownTask("f", "task~a", false, false, turns, NOON, null, false),
                new KnownTask(null, null, false, false, Map.of(), null, null, false))) {
            byte[] packed = new TaskPacking().pack("task", idle).orElseThrow();
            assertThat(new TaskPacking().unpack("task", packed)).isEqualTo(idle);
        }
        assertThat(new TaskPacking().pack("task", task())).isEmpty();
    }

    @Test
    void theKeysAreTheseAndNoTaskIsAnotherAccounts() {
        assertThat(Source.TASKS.accounts().key("ws/user")).hasToString("account|ws/user");
        assertThat(Source.TASKS.tasks().key("ws/user", "task_e_1")).hasToString("task|ws/user|task_e_1");
    }

    @Test
    void aRecordOfANewerFormatIsRefusedWithWhatToDo() {
        for (StateKind<?> kind : List.of(Source.TASKS.accounts(), Source.TASKS.tasks())) {
            JsonNode newer = Replies.json("{'baseline':[],'v':3,'turns':7}");

            assertThatThrownBy(() -> kind.read(bytes(newer)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("format 3")
                    .hasMessageContaining("knows format 2")
                    .hasMessageContaining("or a newer one");
        }
    }

    @Test
    void aRecordThatCannotBeReadIsRefused() {
        JsonNode broken = Replies.json("{'v':1,'baseline':'yesterday'}");

        assertThatThrownBy(() -> Source.TASKS.accounts().read(bytes(broken)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("KnownAccount");
    }

    @Test
    void aFieldThatIsAddedLaterWithinAVersionIsPassedOver() {
        ObjectNode more = (ObjectNode) Replies.json(ACCOUNT_JSON);
        more.put("later", "something");

        assertThat(Source.TASKS.accounts().read(bytes(more))).isEqualTo(ACCOUNT);
    }

    private static JsonNode json(byte[] bytes) {
        return Replies.json(new String(bytes, StandardCharsets.UTF_8));
    }

    private static byte[] bytes(JsonNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
