package dev.turnpike.comparison;

import static dev.turnpike.scan.UpstreamJson.details;
import static dev.turnpike.scan.UpstreamJson.request;
import static dev.turnpike.scan.UpstreamJson.turn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.TaskDetailsReader;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.TurnMapReader;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.KnownTask.KnownTurn;
import dev.turnpike.comparison.KnownTask.Waiting;
import dev.turnpike.scan.UpstreamJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

class TurnChainTest {
    private static final Map<String, String> TURNS = Map.of(
            "c", turn("c", "completed", "Three", 70, null),
            "c-request", request("c", "b", 70),
            "b", turn("b", "completed", "Two", 40, null),
            "b-request", request("b", "a", 40),
            "a", turn("a", "completed", "One", 10, null),
            "a-request", request("a", null, 10));

    private static TurnChain chain(String latest, KnownTask known, TaskDetails details) {
        return new TurnChain(latest, known, details);
    }

    private static List<String> followed(TurnChain chain) {
        return List.copyOf(chain.followed(TurnChainTest::read).turns().keySet());
    }

    private static Turn read(String id) {
        return new TurnMapReader(DriftObserver.NONE).readTurn(UpstreamJson.json(TURNS.get(id)));
    }

    private static KnownTask known(String turn, boolean open) {
        KnownTurn state = new KnownTurn(true, open, new TreeSet<>(Set.of(TurnStatus.COMPLETED)), Map.of());
        return new KnownTask(null, turn, false, false, Map.of(turn, state), null, null, false);
    }

    private static TaskDetails detailsOf(String turn) {
        return new TaskDetailsReader(DriftObserver.NONE)
                .read(UpstreamJson.json(details("task", turn, "completed", "Text", 10)), "task");
    }

    /** What is read back without turns has none: such a map takes no null. */
    @Test
    void aTaskThatIsKnownWithoutAnyTurnIsFollowedToItsFirst() {
        KnownTask bare = new KnownTask(null, null, true, false, Map.of(), null, null, false);

        assertThat(followed(chain("c", bare, null))).contains("c", "b", "a");
    }

    @Test
    void itGoesBackToTheFirstTurn() throws Exception {
        assertThat(followed(chain("c", null, null)))
                .containsExactly("c", "c-request", "b", "b-request", "a", "a-request");
    }

    @Test
    void itEndsAtATurnThatIsKnownToHaveEnded() throws Exception {
        assertThat(followed(chain("c", known("b", false), null))).containsExactly("c", "c-request");
    }

    @Test
    void itGoesPastATurnThatWasOpenWhenItWasLastSeen() throws Exception {
        assertThat(followed(chain("c", known("b", true), null))).contains("b");
    }

    /** A later turn ended and was published first, so the way back ends above the one that waits. */
    private static KnownTask knownWithAWaiting() {
        Waiting waiting = new Waiting(null, UpstreamJson.at(20), UpstreamJson.at(20), 0);
        KnownTurn first = new KnownTurn(true, false, new TreeSet<>(), Map.of(TurnStatus.COMPLETED, waiting));
        KnownTurn second = new KnownTurn(true, false, new TreeSet<>(Set.of(TurnStatus.COMPLETED)), Map.of());
        return new KnownTask(null, "b", false, false, Map.of("a", first, "b", second), null, null, false);
    }

    @Test
    void aTurnThatWaitsForItsContentIsAskedForAfterTheWayBack() {
        assertThat(followed(chain("c", knownWithAWaiting(), null))).containsExactly("c", "c-request", "a", "a-request");
        assertThat(followed(chain("c", knownWithAWaiting(), detailsAfter("b"))))
                .containsExactly("c-request", "c", "a", "a-request");
    }

    @Test
    void whatTheDetailsBroughtIsNotAskedForAgain() throws Exception {
        // the details' request names no turn before it
        TurnMap all = chain("c", null, detailsOf("c")).followed(id -> fail("asked for " + id));

        assertThat(all.turns()).containsOnlyKeys("c-request", "c");
    }

    private static TaskDetails detailsAfter(String previous) {
        ObjectNode json = (ObjectNode) UpstreamJson.json(details("task", "c", "completed", "Text", 10));
        json.set("current_user_turn", UpstreamJson.json(request("c", previous, 70)));
        json.set("current_assistant_turn", UpstreamJson.json(TURNS.get("c")));
        return new TaskDetailsReader(DriftObserver.NONE).read(json, "task");
    }

    @Test
    void theWayBackGoesOnBelowWhatTheDetailsBrought() {
        assertThat(followed(chain("c", null, detailsAfter("b"))))
                .containsExactly("c-request", "c", "b", "b-request", "a", "a-request");
    }

    @Test
    @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
    void aCircleIsNotFollowedRoundAndRound() {
        assertThat(followed(chain("c", null, detailsAfter("c")))).containsExactly("c-request", "c");
    }

    @Test
    void theDetailsNameTheLatestTurnWhereTheListDoesNot() throws Exception {
        assertThat(followed(chain(null, null, detailsOf("c")))).contains("c");
        assertThat(followed(chain(null, null, null))).isEmpty();
    }

    @Test
    void itEndsWhereATurnIsNotShown() {
        List<String> asked = new ArrayList<>();
        TurnMap shown = chain("c", knownWithAWaiting(), null).followed(id -> {
            asked.add(id);
            return id.equals("c") ? read(id) : null;
        });

        assertThat(asked).containsExactly("c", "c-request");
        assertThat(shown.cut()).isTrue();
        assertThat(shown.turns()).containsOnlyKeys("c");
        assertThat(chain("c", null, null).followed(TurnChainTest::read).cut()).isFalse();
    }
}
