package dev.turnpike.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.Replies;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.comparison.TaskKnown.TurnKnown;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.comparison.Waiting;
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
class KnownRecordsTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private static final AccountKnown ACCOUNT =
            new AccountKnown(1, NOON, true, NOON.plusMillis(250), false, "opaque+#:=");

    private static final String ACCOUNT_JSON = """
            {'v':1,'baseline':'2026-11-22T12:00:00Z','fromBeginning':true,'watermark':'2026-11-22T12:00:00.250Z',
             'historyCursor':'opaque+#:='}""";

    private static final String TASK_JSON = """
            {'v':1,'fingerprint':'0123456789abcdef','latestTurnId':'task~c','turnsDue':true,
             'turns':{
              'task~a':{'settled':['COMPLETED']},
              'task~b':{'owed':true,'settled':['COMPLETED','FAILED']},
              'task~c':{'owed':true,'open':true,
               'waiting':{'CANCELLED':{'createdAt':'2026-11-22T12:00:00Z','endedAt':'2026-11-22T12:01:00Z',
                'since':'2026-11-22T12:02:00Z','tries':2}}}}}""";

    private static TaskKnown task() {
        Map<String, TurnKnown> turns = new LinkedHashMap<>();
        turns.put("task~a", new TurnKnown(false, false, settled(TurnStatus.COMPLETED), Map.of()));
        turns.put("task~b", new TurnKnown(true, false, settled(TurnStatus.COMPLETED, TurnStatus.FAILED), Map.of()));
        Waiting waiting = new Waiting(NOON, NOON.plusSeconds(60), NOON.plusSeconds(120), 2);
        turns.put("task~c", new TurnKnown(true, true, settled(), Map.of(TurnStatus.CANCELLED, waiting)));
        return new TaskKnown(1, "0123456789abcdef", "task~c", true, false, turns);
    }

    private static SortedSet<TurnStatus> settled(TurnStatus... statuses) {
        return new TreeSet<>(Set.of(statuses));
    }

    @Test
    void anAccountIsWrittenAndReadLikeThis() {
        assertThat(json(KnownRecords.ACCOUNT.write(ACCOUNT))).isEqualTo(Replies.json(ACCOUNT_JSON));
        assertThat(KnownRecords.ACCOUNT.read(bytes(Replies.json(ACCOUNT_JSON))))
                .isEqualTo(ACCOUNT);
    }

    @Test
    void aTaskIsWrittenAndReadLikeThis() {
        assertThat(json(KnownRecords.TASK.write(task()))).isEqualTo(Replies.json(TASK_JSON));
        assertThat(KnownRecords.TASK.read(bytes(Replies.json(TASK_JSON))))
                .isEqualTo(task());
    }

    @Test
    void theKeysAreTheseAndNoTaskIsAnotherAccounts() {
        assertThat(KnownRecords.accountKey("ws/user")).hasToString("account|ws/user");
        assertThat(KnownRecords.taskKey("ws/user", "task_e_1")).hasToString("task|ws/user|task_e_1");
    }

    @Test
    void aRecordOfANewerFormatIsRefusedWithWhatToDo() {
        for (StateKind<?> kind : List.of(KnownRecords.ACCOUNT, KnownRecords.TASK)) {
            JsonNode newer = Replies.json("{'baseline':[],'v':2,'turns':7}");

            assertThatThrownBy(() -> kind.read(bytes(newer)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("format 2")
                    .hasMessageContaining("knows format 1")
                    .hasMessageContaining("or a newer one");
        }
    }

    @Test
    void aRecordThatCannotBeReadIsRefused() {
        JsonNode broken = Replies.json("{'v':1,'baseline':'yesterday'}");

        assertThatThrownBy(() -> KnownRecords.ACCOUNT.read(bytes(broken)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("AccountKnown");
    }

    @Test
    void aFieldThatIsAddedLaterWithinAVersionIsPassedOver() {
        ObjectNode more = (ObjectNode) Replies.json(ACCOUNT_JSON);
        more.put("later", "something");

        assertThat(KnownRecords.ACCOUNT.read(bytes(more))).isEqualTo(ACCOUNT);
    }

    private static JsonNode json(byte[] bytes) {
        return Replies.json(new String(bytes, StandardCharsets.UTF_8));
    }

    private static byte[] bytes(JsonNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
