package dev.turnpike.codex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.codex.Turn.DiffStats;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SiblingTurnsReaderTest {
    private final List<String> drift = new ArrayList<>();
    private final TurnMapReader reader = new TurnMapReader(drift::add);

    @Test
    void readsTheOtherAttempts() {
        List<Turn> siblings = reader.readSiblings(Replies.body("sibling-turns-one"));

        assertThat(siblings).singleElement().satisfies(turn -> {
            assertThat(turn.attempt()).isEqualTo(1);
            assertThat(turn.status()).isEqualTo(TurnStatus.COMPLETED);
            assertThat(turn.diffStats()).isEqualTo(new DiffStats(1, 2, 0));
            assertThat(turn.siblingTurnIds()).hasSize(1);
        });
        assertThat(drift).isEmpty();
    }

    @Test
    void thereMayBeNone() {
        assertThat(reader.readSiblings(Replies.body("sibling-turns-empty"))).isEmpty();
        assertThat(reader.readSiblings(Replies.json("{}"))).isEmpty();
        assertThat(reader.readSiblings(Replies.json("{'sibling_turns':null}"))).isEmpty();
    }

    @Test
    void leavesOutWhatHasNoUsableId() {
        List<Turn> siblings = reader.readSiblings(Replies.json(
                "{'sibling_turns':[null,7,{'turn_status':'completed'},{'id':'b','turn_status':'failed'}]}"));

        assertThat(siblings).extracting(Turn::id).containsExactly("b");
        assertThat(drift).contains("missing:sibling_turns.id");
    }

    @Test
    void aBareArrayIsNoReply() {
        assertThatThrownBy(() -> reader.readSiblings(Replies.json("[]")))
                .isInstanceOf(UpstreamException.class)
                .hasMessageContaining("an array, an object with \"sibling_turns\" is expected");
        assertThatThrownBy(() -> reader.readSiblings(Replies.json("{'sibling_turns':{}}")))
                .isInstanceOf(UpstreamException.class)
                .hasMessageContaining("an array is expected");
    }
}
