package dev.turnpike.scan;

import static dev.turnpike.scan.UpstreamJson.item;
import static dev.turnpike.scan.UpstreamJson.mapping;
import static dev.turnpike.scan.UpstreamJson.page;
import static dev.turnpike.scan.UpstreamJson.request;
import static dev.turnpike.scan.UpstreamJson.turn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.publishing.OpenAttempts;
import dev.turnpike.scan.TaskPolls.ScanSettings;
import org.junit.jupiter.api.Test;

/** Polls of an account whose history is published, with details off. */
class PollWithoutDetailsTest extends ScriptedPolls {

    @Override
    ScanSettings settings() {
        return settings(true, false);
    }

    private void twoTurns(long first, long second) {
        codex.reply("tasks/list", page(null, item("t1", "t1~b", "completed", first, second + 20)));
        codex.reply(
                "tasks/t1/turns",
                mapping(
                        request("t1~a", null, first),
                        turn("t1~a", "completed", "One", first, null),
                        request("t1~b", "t1~a", second),
                        turn("t1~b", "failed", "Two", second, null)));
    }

    @Test
    void aTurnThatIsNotTheLatestOpensNoRoundOfAttemptsWhereTheMappingShowsNone() {
        firstContact();
        twoTurns(10, 50);
        poll();
        assertThat(shard.turns()).contains("t1~a:completed").hasSize(2);
        assertThat(shard.state(OpenAttempts.KIND.key(account, "t1"))).isNull();

        codex.asked();
        poll();
        assertThat(codex.asked()).containsExactly("tasks/list");
    }

    @Test
    void aTurnOfTheHistoryWithoutATimeOfItsEndIsNotTakenForOneThatHasJustEnded() {
        twoTurns(-900, -800);
        poll();
        poll();

        assertThat(shard.turns()).contains("t1~a:completed").hasSize(2);
        assertThat(shard.published("turn"))
                .extracting(event -> event.data().path("backfill").asBoolean())
                .containsOnly(true);
    }
}
