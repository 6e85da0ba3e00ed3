package dev.turnpike.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.Replies;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.Turn.DiffStats;
import dev.turnpike.codex.TurnMapReader;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.KnownAttempts.About;
import dev.turnpike.comparison.KnownAttempts.BestOfNRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AttemptsEventsTest {
    private static final TaskLinks LINKS = new TaskLinks("https://chatgpt.com/backend-api");
    private static final Instant ENDED = Samples.ENDED;

    private static Event event(Content content, EndedAttempts ended) {
        Event event = new AttemptsEvents(LINKS, content).of(ended);
        EventSchemas.assertValid(event);
        return event;
    }

    private static EndedAttempts ended(List<Turn> attempts) {
        Turn first = attempts.get(0);
        About about = new About("Add notes twice", "acme/widgets", "acme/widgets", "main");
        BestOfNRequest request = new BestOfNRequest(
                attempts.size(), first.status(), first.createdAt(), ENDED, ENDED, false, first.diffStats(), about, 0);
        return new EndedAttempts(
                Samples.ACCOUNT,
                "task_e_1",
                first.id(),
                request,
                first,
                attempts.subList(1, attempts.size()),
                true,
                Samples.OBSERVED);
    }

    private static Turn attempt(String turn, TurnStatus status, String summary) {
        Turn.TurnError error = status == TurnStatus.FAILED ? new Turn.TurnError("setup", "npm ci failed") : null;
        return attempt(turn, status, Samples.CREATED, ENDED, new DiffStats(1, 2, 0), summary, error);
    }

    private static Turn attempt(
            String turn,
            TurnStatus status,
            Instant created,
            Instant ended,
            DiffStats stats,
            String summary,
            Turn.TurnError error) {
        return new Turn(
                turn, true, 0, status, created, ended, null, List.of(), summary, null, stats, error, null, null,
                List.of());
    }

    private static List<Turn> three() {
        return List.of(
                attempt("a", TurnStatus.COMPLETED, "One"),
                attempt("b", TurnStatus.FAILED, "Two"),
                attempt("c", TurnStatus.CANCELLED, null, ENDED.plusSeconds(5), null, null, null));
    }

    @Test
    void namesEachAttemptWithItsStatusSummaryAndDiffStats() {
        Event event = event(Content.FULL, ended(three()));

        assertThat(event.stream()).isEqualTo(EventTopic.TURNS);
        assertThat(event.key()).isEqualTo("task_e_1");
        assertThat(event.id()).isEqualTo("a:attempts-completed");
        assertThat(event.type()).isEqualTo("turn.attempts-completed");
        assertThat(event.time()).as("the end of the last attempt").isEqualTo(ENDED.plusSeconds(5));
        assertThat(event.data().path("attempts")).isEqualTo(Replies.json("""
                [{'attempt':0,'turn_id':'a','status':'completed','created_at':'2026-11-22T10:00:00Z',
                  'ended_at':'2026-11-22T10:01:30.500Z','duration_seconds':90.5,
                  'diff_stats':{'files_modified':1,'lines_added':2,'lines_removed':0},'summary':'One'},
                 {'attempt':1,'turn_id':'b','status':'failed','created_at':'2026-11-22T10:00:00Z',
                  'ended_at':'2026-11-22T10:01:30.500Z','duration_seconds':90.5,
                  'diff_stats':{'files_modified':1,'lines_added':2,'lines_removed':0},
                  'error':{'code':'setup','message':'npm ci failed'},'summary':'Two'},
                 {'attempt':2,'turn_id':'c','status':'cancelled','ended_at':'2026-11-22T10:01:35.500Z'}]"""));
        assertThat(event.data().path("url").asText()).isEqualTo("https://chatgpt.com/codex/tasks/task_e_1");
    }

    @ParameterizedTest
    @EnumSource(Content.class)
    void publishesNoTextsWhereOnlyMetadataIsWanted(Content content) {
        Event event = event(content, ended(three()));

        boolean texts = content != Content.METADATA;
        assertThat(event.data().at("/attempts/0").has("summary")).isEqualTo(texts);
        assertThat(event.data().at("/attempts/1/error").has("message")).isEqualTo(texts);
        assertThat(event.metadata().at("/attempts/1/error").toString()).isEqualTo("{\"code\":\"setup\"}");
        assertThat(event.metadata().at("/attempts/0").has("summary")).isFalse();
    }

    @Test
    void readsWhatUpstreamSaysOfTheOtherAttempts() {
        JsonNode reply = Replies.body("sibling-turns-one");
        Turn sibling = new TurnMapReader(DriftObserver.NONE).readSiblings(reply).get(0);
        Event event = event(Content.FULL, ended(List.of(attempt("first", TurnStatus.COMPLETED, "First"), sibling)));

        JsonNode reported = event.data().at("/attempts/1");
        assertThat(reported.path("turn_id").asText()).isEqualTo(sibling.id());
        assertThat(reported.path("status").asText()).isEqualTo("completed");
        assertThat(reported.path("summary").asText()).startsWith("**Summary**").contains("Added `notes-1.txt`");
        assertThat(reported.at("/diff_stats/lines_added").asInt()).isEqualTo(2);
    }

    @Test
    void everyTextHasABoundAndSoHasTheListOfAttempts() {
        List<Turn> many =
                new ArrayList<>(Collections.nCopies(20, attempt("a", TurnStatus.FAILED, "\u20ac".repeat(40_000))));
        Event event = event(Content.FULL, ended(many));

        assertThat(event.data().path("attempts")).hasSize(16);
        assertThat(event.data().path("attempts_truncated").asBoolean()).isTrue();
        assertThat(event.data().path("attempt_count").asInt()).isEqualTo(20);
        assertThat(event.data().at("/attempts/0/summary_truncated").asBoolean()).isTrue();
        assertThat(event.metadata().toString()).hasSizeLessThan(16_000);
    }

    @Test
    void anAttemptThatRunsIsNoneThatHasEnded() {
        List<Turn> running = List.of(three().get(0), attempt("b", TurnStatus.IN_PROGRESS, null));
        assertThatThrownBy(() -> ended(running)).hasMessage("attempt=b has not ended: status=in_progress");

        EndedAttempts ended = ended(three());
        assertThatThrownBy(() -> new EndedAttempts(
                        Samples.ACCOUNT,
                        "task_e_1",
                        "other",
                        ended.request(),
                        ended.first(),
                        ended.others(),
                        true,
                        ENDED))
                .hasMessage("turn=other is not the first of its attempts");
    }
}
