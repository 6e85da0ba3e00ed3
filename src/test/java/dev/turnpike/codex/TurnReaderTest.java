package dev.turnpike.codex;

import static dev.turnpike.codex.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.Turn.DiffStats;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TurnReaderTest {
    private final List<String> drift = new ArrayList<>();
    private final TurnReader turns = new TurnReader(drift::add);
    private final TurnMapReader maps = new TurnMapReader(drift::add);

    private String text(String items) {
        return turns.read(json("{'id':'a','turn_status':'completed'," + items + "}"))
                .text();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "none",
            value = {
                "'output_items':[{'type':'message','content':['a ',{'content_type':'TEXT','text':'b'}]}] | a b",
                "'output_items':[{'type':'message','content':['a']},{'type':'message','content':['b']}] | a//b",
                "'output_items':[{'type':'message','content':[{'content_type':'repo_file_citation','path':'p'}]}] | none",
                "'output_items':[{'type':'message','content':'bare'}] | none",
                "'output_items':[{'type':'pr','pr_message':'m','content':['x']}] | none",
                "'output_items':null | none",
                "'worklog':{'messages':[{'author':{'role':'Assistant'},'content':{'parts':['a','b']}}]} | ab",
                "'worklog':{'messages':[{'author':{'role':'tool'},'content':{'parts':['secret']}}]} | none",
                "'worklog':{'messages':[{'content':{'parts':['secret']}},7,null]} | none",
                "'output_items':[{'type':'message','content':['a']}],'worklog':{'messages':[{'author':{'role':'assistant'},'content':{'parts':['b']}}]} | a//b"
            })
    void whatTheAssistantSaid(String items, String text) {
        assertThat(text(items)).isEqualTo(text == null ? null : text.replace("//", "\n\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "none",
            value = {
                "[{'type':'message','role':'user','content':['a',{'content_type':'text','text':'b'}]}] | a//b",
                "[{'type':'message','content':['a']},{'type':'message','role':null,'content':['b']}] | a//b",
                "[{'type':'message','role':'system','content':['a']}] | none",
                "[{'type':'message','role':7,'content':['a']}] | none",
                "[{'type':'ide_context','content':['a']},{'type':'pre_apply_patch','output_diff':{'diff':'d'}}] | none",
                "null | none"
            })
    void whatTheUserAsked(String items, String text) {
        Turn turn = turns.read(json("{'id':'a','type':'user','input_items':" + items + "}"));

        assertThat(turn.assistant()).isFalse();
        assertThat(turn.status().isTerminal()).isFalse();
        assertThat(turn.text()).isEqualTo(text == null ? null : text.replace("//", "\n\n"));
        assertThat(drift).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "{'a':{'repository_full_name':'o/r'}} | o/r",
                "{'a':{'repository_full_name':'o/r'},'b':{'repository_full_name':'o/s'}} | none",
                "{'a':{'repository_full_name':'o/r'},'b':null} | none",
                "{'a':null} | none",
                "{} | none",
                "[] | none"
            })
    void theRepositoryIsKnownOnlyWhereThereIsOne(String repositories, String name) {
        assertThat(turns.read(json("{'id':'a','environment':{'repo_map':" + repositories + "}}"))
                        .repository())
                .isEqualTo(name);
    }

    @Test
    void unknownItemTypesAndStatusesAreCounted() {
        turns.read(json("{'id':'a','turn_status':'Done!','colour':1,'output_items':[{'type':'sketch'},{},null,7]}"));

        assertThat(drift)
                .containsExactly(
                        "field:turn.colour",
                        "item-type:sketch",
                        "item-type:none",
                        "item-type:none",
                        "item-type:none",
                        "status:Done_");
    }

    @Test
    void theMappingHoldsEveryTurnInItsOrder() {
        TurnMap map = maps.read(Replies.body("turns-mapping"));

        assertThat(map.turns()).hasSize(8).containsKey(map.currentTurnId());
        assertThat(map.turns().values())
                .extracting(Turn::assistant)
                .containsExactly(false, true, false, true, false, true, false, true);
        assertThat(map.turns().values())
                .filteredOn(Turn::assistant)
                .extracting(Turn::status)
                .containsExactly(
                        TurnStatus.COMPLETED, TurnStatus.CANCELLED, TurnStatus.COMPLETED, TurnStatus.COMPLETED);
        assertThat(map.turns().values())
                .filteredOn(Turn::assistant)
                .first()
                .satisfies(turn -> assertThat(turn.diffStats()).isEqualTo(new DiffStats(1, 97, 8)));
        assertThat(drift).isEmpty();
    }

    @Test
    void oneBadTurnOfAMappingIsLeftOut() {
        ObjectNode reply = (ObjectNode) Replies.body("turns-mapping");
        ObjectNode mapping = (ObjectNode) reply.get("turn_mapping");
        String first = mapping.fieldNames().next();
        mapping.putNull(first);
        mapping.putObject("b d").putObject("turn");
        mapping.putObject("task~assttrn_e_9").putObject("turn").put("turn_status", "failed");

        TurnMap map = maps.read(reply);

        assertThat(map.turns()).hasSize(8).doesNotContainKey(first);
        assertThat(map.turns().get("task~assttrn_e_9").status()).isEqualTo(TurnStatus.FAILED);
        assertThat(drift).containsExactly("missing:turn_mapping.turn", "missing:turn_mapping.turn");
    }

    @Test
    void aSingleTurnIsReadBareOrUnderItsName() {
        ObjectNode bare = (ObjectNode) Replies.body("sibling-turns-one").at("/sibling_turns/0");
        ObjectNode wrapped = Replies.JSON.createObjectNode().set("turn", bare);

        assertThat(maps.readTurn(bare)).isEqualTo(maps.readTurn(wrapped));
        assertThat(maps.readTurn(bare).attempt()).isEqualTo(1);
        assertThat(maps.read(wrapped).turns()).containsOnlyKeys(bare.get("id").textValue());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'turn_mapping':[]} | The turns' \"turn_mapping\" is an array, an object is expected",
                "{'turn_mapping':null} | The turns' \"turn_mapping\" is null, an object is expected",
                "{} | The turn has no id",
                "[] | The turn is an array, an object is expected"
            })
    void whatIsNoTurnSaysSo(String reply, String message) {
        assertThatThrownBy(() -> maps.read(json(reply)))
                .isInstanceOfSatisfying(
                        UpstreamException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(UpstreamException.Kind.MALFORMED))
                .hasMessage(message)
                .hasNoCause();
    }

    @Test
    void theLegacyShapeOfADiffIsFound() {
        ObjectNode turn = (ObjectNode) Replies.body("legacy-apply-task").get("current_diff_task_turn");

        assertThat(turns.read(turn.put("id", "t~1")).diff()).contains("+hello");
    }
}
