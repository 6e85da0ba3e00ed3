package dev.turnpike.scan;

import static dev.turnpike.scan.UpstreamJson.at;
import static dev.turnpike.scan.UpstreamJson.details;
import static dev.turnpike.scan.UpstreamJson.mapping;
import static dev.turnpike.scan.UpstreamJson.request;
import static dev.turnpike.scan.UpstreamJson.siblings;
import static dev.turnpike.scan.UpstreamJson.turn;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.MovableClock;
import dev.turnpike.codex.Replies;
import dev.turnpike.codex.Turn.DiffStats;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.KnownAttempts.About;
import dev.turnpike.comparison.KnownAttempts.BestOfNRequest;
import dev.turnpike.events.AttemptsEvents;
import dev.turnpike.events.Content;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.polling.CredentialsForTests;
import dev.turnpike.polling.PollKind;
import dev.turnpike.polling.SignInSlot;
import dev.turnpike.polling.WatchedAccount;
import dev.turnpike.scan.TaskPolls.ScanSettings;
import dev.turnpike.shard.ShardInMemory;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AttemptsUpdateTest {
    private final ScriptedCodex codex = new ScriptedCodex();
    private final SignInSlot slot =
            new SignInSlot(new CredentialsForTests(), "test", Set.of(PollKind.TASKS, PollKind.USAGE));

    private AttemptsUpdate finding(int count, boolean details) {
        WatchedAccount account =
                new WatchedAccount(CredentialsForTests.ALICE, new ShardInMemory(), slot, PollKind.TASKS, at(100));
        ScanSettings settings = ScriptedPolls.settings(false, details);
        TaskScan scan = ScriptedPolls.scan(
                account, settings, codex, TaskListener.NONE, new ScanMemories(), new MovableClock(at(100)));
        About about = new About("Title", "web", null, "main");
        BestOfNRequest round = new BestOfNRequest(
                count, TurnStatus.COMPLETED, at(10), at(40), at(50), false, new DiffStats(1, 2, 3), about, 0);
        return new AttemptsUpdate(scan, "t", "a", round);
    }

    private AttemptsUpdate asked(int count, boolean details, String... others) {
        codex.reply("tasks/t/turns/a/sibling_turns", siblings(others));
        AttemptsUpdate finding = finding(count, details);
        finding.makeCalls();
        return finding;
    }

    private static JsonNode reported(AttemptsUpdate finding) {
        return new AttemptsEvents(new TaskLinks("https://chatgpt.com"), Content.FULL)
                .of(finding.ended())
                .data();
    }

    private static String placed(String id, Integer placement, long created) {
        return turn(id, "completed", "Words of " + id, created, null)
                .replace("\"type\"", "\"attempt_placement\":" + placement + ",\"type\"");
    }

    @Test
    void withoutDetailsNoWordsAreReportedAndNoneAreAskedFor() {
        AttemptsUpdate finding = asked(2, false, turn("b", "failed", "Words", 10, null));

        assertThat(codex.asked()).containsExactly("tasks/t/turns/a/sibling_turns");
        assertThat(finding.isComplete()).isTrue();
        JsonNode data = reported(finding);
        assertThat(data.path("details").asText()).isEqualTo("none");
        assertThat(data.findValues("summary")).isEmpty();
        assertThat(data.findValuesAsText("turn_id")).containsExactly("a", "a", "b");
        assertThat(data.at("/attempts/0/diff_stats"))
                .isEqualTo(Replies.json("{'files_modified':1,'lines_added':2,'lines_removed':3}"));
        assertThat(data.at("/attempts/0/ended_at").asText()).isEqualTo(at(40).toString());
    }

    @Test
    void theOthersAreInUpstreamsOrderOrElseInThatOfTheirBegin() {
        AttemptsUpdate placed = asked(4, false, placed("d", 3, 10), placed("b", 1, 12), placed("c", 2, 11));
        assertThat(reported(placed).path("attempts").findValuesAsText("turn_id"))
                .containsExactly("a", "b", "c", "d");

        AttemptsUpdate unplaced = asked(4, false, placed("d", null, 10), placed("b", null, 12), placed("c", null, 11));
        assertThat(reported(unplaced).path("attempts").findValuesAsText("turn_id"))
                .containsExactly("a", "d", "c", "b");
    }

    @Test
    void fewerAttemptsThanPromisedAreLookedForInTheMapping() {
        codex.reply(
                "tasks/t/turns",
                mapping(
                        request("a", null, 9),
                        turn("a", "completed", "A", 10, "[\"b\",\"c\"]"),
                        turn("b", "completed", "B", 10, null),
                        turn("c", "cancelled", "C", 10, null),
                        turn("z", "in_progress", "", 90, null)));
        AttemptsUpdate finding = asked(3, true, turn("b", "completed", "B", 10, null));

        assertThat(codex.asked()).containsExactly("tasks/t/turns/a/sibling_turns", "tasks/t/turns");
        assertThat(finding.isComplete()).isTrue();
        assertThat(reported(finding).findValuesAsText("summary")).containsExactly("A", "B", "C");
        assertThat(reported(finding).path("details").asText()).isEqualTo("complete");
    }

    @Test
    void halfATextOfTheFirstAttemptIsNotReported() {
        codex.reply("tasks/t", details("t", "a", "in_progress", "Half", 10));
        codex.reply("tasks/t/turns", mapping(request("a", null, 9), turn("a", "in_progress", "Half", 10, "[\"b\"]")));
        AttemptsUpdate early = asked(2, true, turn("b", "completed", "B", 10, null));
        assertThat(early.isComplete()).isFalse();

        codex.reply("tasks/t", details("t", "a", "completed", "All of it", 10));
        AttemptsUpdate late = asked(2, true, turn("b", "completed", "B", 10, null));
        assertThat(late.isComplete()).isTrue();
        assertThat(reported(late).findValuesAsText("summary")).containsExactly("All of it", "B");
    }

    @Test
    void aStatusThatIsNotKnownIsNoEnd() {
        AttemptsUpdate finding = asked(2, false, turn("b", "paused", "", 10, null));

        assertThat(finding.isComplete()).isFalse();
        assertThat(finding.isHopeless()).isFalse();
    }

    @Test
    void aRequestWithoutOtherAttemptsIsAloneOnlyWhereNoneWerePromised() {
        assertThat(asked(0, true).isAlone()).isTrue();
        assertThat(codex.asked()).containsExactly("tasks/t/turns/a/sibling_turns");
        assertThat(asked(2, true).isAlone()).isFalse();
        assertThat(codex.asked()).as("the mapping may have it").contains("tasks/t/turns");
    }
}
