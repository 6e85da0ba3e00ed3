package dev.turnpike.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoardStateTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final String ACCOUNT = "\"account\": {\"id\": \"w/u\", \"plan\": \"pro\"}";

    private final ObjectMapper json = Board.JSON;
    private final MovableClock clock = new MovableClock(NOW);
    private final BoardState state = new BoardState(clock);
    private int offset;

    private void record(String kind, String subject, Instant time, String data) {
        try {
            state.accept(new BoardRecord(
                    kind, subject, time, "0-" + offset++, data == null ? null : json.readTree("{" + data + "}")));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private void snapshot(String id, String status, Instant updated, String more) {
        record(
                "task.snapshot",
                id,
                updated,
                ("\"task_id\": \"%s\", \"title\": \"Task %s\", \"status\": \"%s\", \"updated_at\": \"%s\","
                                        + " \"environment\": \"env\", \"attempt_count\": 1, \"archived\": false, ")
                                .formatted(id, id, status, updated)
                        + more
                        + ACCOUNT);
    }

    private void turn(String kind, String id, Instant ended, String more) {
        record(
                kind,
                id,
                ended,
                ("\"task_id\": \"%s\", \"turn_id\": \"%s~1\", \"status\": \"%s\", \"title\": \"Task %s\","
                                        + " \"environment\": \"env\", \"repository\": \"acme/shop\", \"ended_at\": \"%s\","
                                        + " \"observed_at\": \"%s\", \"backfill\": false, ")
                                .formatted(id, id, kind.substring(5), id, ended, ended.plusSeconds(2))
                        + more
                        + ACCOUNT);
    }

    private BoardSnapshot view() {
        return state.snapshot(true, null);
    }

    private List<String> attention() {
        return view().attention().stream().map(BoardSnapshot.AttentionItem::why).toList();
    }

    @Test
    void aFailedTaskNeedsAPersonUntilItRunsAgain() {
        turn("turn.failed", "a", NOW, "\"error\": {\"message\": \"the container was lost\"}, ");
        snapshot("a", "failed", NOW, "");
        assertThat(attention()).containsExactly("Failed: the container was lost");

        snapshot("a", "in_progress", NOW.plusSeconds(5), "");
        assertThat(attention()).isEmpty();
        assertThat(view().running()).extracting(TaskRow::id).containsExactly("a");
        assertThat(view().running()).extracting(TaskRow::repository).containsExactly("acme/shop");
    }

    @Test
    void aFailureIsForgottenAfterAWeek() {
        snapshot("a", "failed", NOW, "");
        assertThat(attention()).hasSize(1);

        clock.move(Duration.ofDays(8));
        assertThat(attention()).isEmpty();
    }

    @Test
    void aPullRequestNeedsAPersonUntilItIsMergedOrClosed() {
        String pr =
                "\"pull_requests\": [{\"number\": 7, \"url\": \"https://git/7\", \"state\": \"%s\", \"merged\": %s}], ";
        snapshot("a", "completed", NOW, pr.formatted("open", false));
        assertThat(view().attention())
                .extracting(BoardSnapshot.AttentionItem::url)
                .containsExactly("https://git/7");

        snapshot("a", "completed", NOW, pr.formatted("closed", false));
        assertThat(attention()).isEmpty();
        snapshot("a", "completed", NOW, pr.formatted("open", true));
        assertThat(attention()).isEmpty();
    }

    @Test
    void anAlertThatIsReadAfterTheEndOfItsTurnNeedsNobody() {
        turn("turn.completed", "a", NOW, "");
        for (String kind : List.of("task.needs-input", "task.status-conflict")) {
            record(kind, "a", NOW.minusSeconds(5), "\"task_id\": \"a\", \"title\": \"Task a\", " + ACCOUNT);
        }
        assertThat(attention()).isEmpty();

        record("task.needs-input", "a", NOW.plusSeconds(5), "\"task_id\": \"a\", \"title\": \"Task a\", " + ACCOUNT);
        assertThat(attention()).containsExactly("Waits for an approval or an answer.");
    }

    @Test
    void aDeletedOrArchivedTaskNeedsNobody() {
        snapshot("a", "failed", NOW, "");
        record("", "a", NOW, null);
        assertThat(attention()).isEmpty();

        snapshot("b", "failed", NOW, "");
        record("task.snapshot", "b", NOW, "\"task_id\": \"b\", \"status\": \"failed\", \"archived\": true, " + ACCOUNT);
        assertThat(attention()).isEmpty();
    }

    @Test
    void aStalledTaskIsShownWhileItRuns() {
        String stalled = "\"task_id\": \"a\", \"since\": \"" + NOW.minusSeconds(7200) + "\", " + ACCOUNT;
        record("task.stalled", "a", NOW, stalled);
        assertThat(attention()).as("not while it is unknown whether it runs").isEmpty();

        snapshot("a", "in_progress", NOW, "");
        assertThat(attention()).hasSize(1);
        turn("turn.completed", "a", NOW.plusSeconds(60), "");
        snapshot("a", "completed", NOW.plusSeconds(60), "");
        assertThat(attention()).isEmpty();
    }

    @Test
    void aTurnThatEndedBeforeAnAlertDoesNotEndIt() {
        record(
                "task.status-conflict",
                "a",
                NOW,
                "\"task_id\": \"a\", \"listed_status\": \"failed\", \"shown_status\": \"in_progress\", " + ACCOUNT);
        turn("turn.completed", "a", NOW.minusSeconds(60), "");
        assertThat(attention()).hasSize(1);

        turn("turn.completed", "a", NOW.plusSeconds(60), "");
        assertThat(attention()).isEmpty();
    }

    @Test
    void accountsAndSinksNeedAPersonUntilTheyRecover() {
        record("auth.required", "w/u", NOW, "\"message\": \"expired\", \"action\": \"codex login\", " + ACCOUNT);
        record("upstream.unavailable", "w/u", NOW, "\"failure\": \"server-error\", " + ACCOUNT);
        record("sink.failing", "w/u", NOW, "\"sink\": \"webhook-ci\", \"reason\": \"503\", " + ACCOUNT);
        assertThat(view().attention())
                .extracting(BoardSnapshot.AttentionItem::level)
                .containsOnly("error")
                .hasSize(3);

        record("auth.recovered", "w/u", NOW, ACCOUNT);
        record("upstream.recovered", "w/u", NOW, ACCOUNT);
        record("sink.recovered", "w/u", NOW, "\"sink\": \"webhook-ci\", " + ACCOUNT);
        assertThat(attention()).isEmpty();
    }

    @Test
    void everyAlertSaysWhatIsWrongAndWhatToDo() {
        snapshot("a", "in_progress", NOW, "");
        record("task.stalled", "a", NOW, "\"task_id\": \"a\", \"since\": \"" + NOW + "\", " + ACCOUNT);
        record("task.needs-input", "a", NOW, "\"task_id\": \"a\", " + ACCOUNT);
        record(
                "task.status-conflict",
                "a",
                NOW,
                "\"task_id\": \"a\", \"listed_status\": \"failed\", \"shown_status\": \"pending\", " + ACCOUNT);
        record("auth.required", "w/u", NOW, "\"message\": \"$1 {x} [y]\", \"action\": \"codex login\", " + ACCOUNT);
        record("upstream.unavailable", "w/u", NOW, "\"failure\": \"server-error\", " + ACCOUNT);
        record("usage.limit-reached", "w/u", NOW, "\"limit\": \"codex\", " + ACCOUNT);
        record("usage.limit-reached", "w/u", NOW, "\"limit\": \"spark\", \"resets_at\": \"noon\", " + ACCOUNT);
        record("sink.failing", "w/u", NOW, "\"sink\": \"slack-a\", \"reason\": \"503\", " + ACCOUNT);
        record("sink.disabled", "w/u", NOW, "\"sink\": \"webhook-b\", \"reason\": \"410\", " + ACCOUNT);

        String key = ":" + NOW;
        assertThat(view().attention())
                .extracting(
                        BoardSnapshot.AttentionItem::key,
                        BoardSnapshot.AttentionItem::level,
                        BoardSnapshot.AttentionItem::why,
                        BoardSnapshot.AttentionItem::action)
                .containsExactlyInAnyOrder(
                        tuple(
                                "stalled:a" + key,
                                "warning",
                                "No change since " + NOW + ".",
                                "Open the task: cancel it there, or let it run."),
                        tuple(
                                "input:a" + key,
                                "error",
                                "Waits for an approval or an answer.",
                                "Open the task and answer it."),
                        tuple(
                                "conflict:a" + key,
                                "warning",
                                "The list says failed, the task itself pending.",
                                "Open the task to see which is right."),
                        tuple("auth:w/u" + key, "error", "Sign-in required: $1 {x} [y]", "codex login"),
                        tuple(
                                "upstream:w/u" + key,
                                "error",
                                "Codex cannot be polled: server-error.",
                                "Check the network and status.openai.com; polling goes on by itself."),
                        tuple(
                                "limit:w/u:codex" + key,
                                "warning",
                                "Usage limit codex reached.",
                                "Wait for the reset, or add credits."),
                        tuple(
                                "limit:w/u:spark" + key,
                                "warning",
                                "Usage limit spark reached, resets at noon.",
                                "Wait for the reset, or add credits."),
                        tuple(
                                "sink:slack-a" + key,
                                "error",
                                "Sink slack-a: 503",
                                "Repair the receiver; deliveries are retried by themselves."),
                        tuple(
                                "sink:webhook-b" + key,
                                "error",
                                "Sink webhook-b: 410",
                                "Fix the receiver or its URL, then restart Turnpike."));
        record("usage.reset", "w/u", NOW, "\"limit\": \"spark\", " + ACCOUNT);
        assertThat(attention()).hasSize(8).doesNotContain("Usage limit spark reached, resets at noon.");
    }

    @Test
    void aLimitIsOverOnceTheAccountMayRun() {
        record("usage.limit-reached", "w/u", NOW, "\"limit\": \"codex\", " + ACCOUNT);
        assertThat(attention()).hasSize(1);

        record(
                "usage.observed",
                "w/u",
                NOW.plusSeconds(1),
                "\"observed_at\": \"" + NOW.plusSeconds(1) + "\", \"allowed\": true, \"limit_reached\": false,"
                        + " \"windows\": [], " + ACCOUNT);
        assertThat(attention()).isEmpty();
    }

    @Test
    void aQuotaShowsPaceAndWhenItIsUsedUp() {
        for (int minute = 0; minute <= 60; minute += 10) {
            observed(NOW.plusSeconds(minute * 60L), 20 + minute / 2.0);
        }

        assertThat(view().quotas()).singleElement().satisfies(quota -> {
            assertThat(quota.usedPercent()).isEqualTo(50);
            assertThat(quota.pace()).isEqualTo(30);
            assertThat(quota.runsOutAt()).isEqualTo(NOW.plusSeconds(3600 + 6000));
            assertThat(quota.samples()).hasSize(7);
        });
    }

    @Test
    void theMostUsedWindowOfTheOrdinaryLimitIsTheOneThatBlocks() {
        String window = "{\"limit\": \"%s\", \"window\": \"%s\", \"window_seconds\": %d, \"used_percent\": %d}";
        record(
                "usage.observed",
                "w/u",
                NOW,
                "\"observed_at\": \"" + NOW + "\", \"allowed\": false, \"limit_reached\": true, \"windows\": ["
                        + window.formatted("codex", "five_hour", 18000, 100) + ","
                        + window.formatted("codex", "weekly", 604800, 31) + ","
                        + window.formatted("spark", "five_hour", 18001, 3) + "], " + ACCOUNT);

        assertThat(view().quotas())
                .filteredOn(BoardSnapshot.Quota::blocked)
                .extracting(BoardSnapshot.Quota::window, BoardSnapshot.Quota::limit)
                .containsExactly(tuple("five_hour", "codex"));
    }

    @Test
    void paceBeginsAnewWithAReset() {
        observed(NOW, 90);
        observed(NOW.plusSeconds(600), 10);
        observed(NOW.plusSeconds(4200), 20);

        assertThat(view().quotas().get(0).pace()).isEqualTo(10);
    }

    private void observed(Instant at, double used) {
        record(
                "usage.observed",
                "w/u",
                at,
                ("\"observed_at\": \"%s\", \"allowed\": true, \"limit_reached\": false, \"windows\": [{\"limit\":"
                                        + " \"codex\", \"window\": \"weekly\", \"window_seconds\": 604800, \"used_percent\": %s,"
                                        + " \"resets_at\": \"%s\"}], ")
                                .formatted(at, used, NOW.plus(Duration.ofDays(5)))
                        + ACCOUNT);
    }

    @Test
    void turnsAreBoundedAndTheLatestStay() {
        int many = BoardState.MOST_TURNS * 2;
        for (int i = 0; i < many; i++) {
            turn("turn.completed", "t" + i, NOW.plusSeconds(i), "");
        }

        List<TurnRow> turns = state.turnsAfter(0).added();
        assertThat(turns).hasSizeLessThan(BoardState.MOST_TURNS + 600);
        assertThat(turns).extracting(TurnRow::taskId).contains("t" + (many - 1), "t" + (many - BoardState.MOST_TURNS));
        assertThat(state.turnsAfter(many - 1).added())
                .extracting(TurnRow::taskId)
                .containsExactly("t" + (many - 1));
        assertThat(state.turnsAfter(many).added()).isEmpty();
    }

    @Test
    void theLagIsThatOfTheLatestTurns() {
        turn("turn.completed", "a", NOW, "");

        assertThat(view().lagSeconds()).isEqualTo(new BoardSnapshot.Lag(2, 2));
    }
}
