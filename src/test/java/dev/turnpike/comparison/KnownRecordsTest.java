package dev.turnpike.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.DiffStats;
import dev.turnpike.codex.PullRequest;
import dev.turnpike.codex.Replies;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.TaskKnown.TurnKnown;
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
        assertThat(KnownRecords.write(ACCOUNT)).isEqualTo(Replies.json(ACCOUNT_JSON));
        assertThat(KnownRecords.read(Replies.json(ACCOUNT_JSON), AccountKnown.class, 1))
                .isEqualTo(ACCOUNT);
    }

    @Test
    void aTaskIsWrittenAndReadLikeThis() {
        assertThat(KnownRecords.write(task())).isEqualTo(Replies.json(TASK_JSON));
        assertThat(KnownRecords.read(Replies.json(TASK_JSON), TaskKnown.class, 1))
                .isEqualTo(task());
    }

    @Test
    void theKeysAreTheseAndNoTaskIsAnotherAccounts() {
        assertThat(KnownRecords.accountKey("ws/user")).isEqualTo("account|ws/user");
        assertThat(KnownRecords.taskKey("ws/user", "task_e_1")).isEqualTo("task|ws/user|task_e_1");
        assertThat(KnownRecords.taskKey("ws/user2", "task_e_1")).doesNotStartWith(KnownRecords.taskPrefix("ws/user"));
    }

    @Test
    void aRecordOfANewerFormatIsRefusedWithWhatToDo() {
        for (String json : List.of(ACCOUNT_JSON, TASK_JSON)) {
            ObjectNode newer = (ObjectNode) Replies.json(json);
            newer.put("v", 2);

            assertThatThrownBy(() -> KnownRecords.read(newer, AccountKnown.class, 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("format 2")
                    .hasMessageContaining("knows format 1")
                    .hasMessageContaining("or a newer one");
        }
    }

    @Test
    void aRecordThatCannotBeReadIsRefused() {
        JsonNode broken = Replies.json("{'v':1,'baseline':'yesterday'}");

        assertThatThrownBy(() -> KnownRecords.read(broken, AccountKnown.class, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("AccountKnown");
    }

    @Test
    void aFieldThatIsAddedLaterWithinAVersionIsPassedOver() {
        ObjectNode more = (ObjectNode) Replies.json(ACCOUNT_JSON);
        more.put("later", "something");

        assertThat(KnownRecords.read(more, AccountKnown.class, 1)).isEqualTo(ACCOUNT);
    }

    @Test
    void theFingerprintStaysTheSameFromVersionToVersion() {
        // another value here means that every task of every user is told anew after an upgrade
        Task task = new Task(
                "task",
                "Title",
                NOON,
                NOON,
                "env",
                "main",
                "pr",
                false,
                new Task.LatestTurn("task~a", TurnStatus.COMPLETED, "completed", new DiffStats(1, 2, 3), 2),
                List.of(new PullRequest(7, "https://example.org/7", "open", false, "Title", "head", "base")));

        assertThat(Fingerprint.of(task)).isEqualTo("84544cf07a88ccca");
    }
}
