package dev.turnpike.codex;

import static dev.turnpike.codex.Replies.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {

    private static Page page(String text) throws JsonProcessingException {
        return Page.ofTasks(JSON.readTree(text.replace('\'', '"')));
    }

    @Test
    void samplePagesBindWithTheirItemsAndCursor() throws Exception {
        Page first = Page.ofTasks(Replies.body("tasks-list-page-1"));
        Page last = Page.ofTasks(Replies.body("tasks-list"));

        assertThat(first.items()).isNotEmpty();
        assertThat(first.cursor()).isNotBlank();
        assertThat(last.items()).hasSize(6);
        assertThat(last.cursor()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "none",
            value = {
                "{'items':[],'cursor':'a','next_page_token':'b'} | a",
                "{'items':[],'next_page_token':'b'}              | b",
                "{'items':[],'cursor':null,'next_page_token':'b'}| b",
                "{'items':[],'cursor':'','next_page_token':''}   | none",
                "{'items':[],'cursor':7}                         | none",
                "{'items':[],'cursor':null}                      | none",
                "{'items':[]}                                    | none"
            })
    void theCursorComesFirstAndTheOlderTokenAfterIt(String text, String cursor) throws Exception {
        assertThat(page(text).cursor()).isEqualTo(cursor);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'items':null}", "{'items':{}}", "{'items':'x'}", "{'cursor':'a'}"})
    void aPageWithoutItemsSaysSo(String text) {
        assertThatThrownBy(() -> page(text))
                .isInstanceOf(UpstreamException.class)
                .hasMessageContaining("\"items\" is ")
                .hasMessageContaining("an array is expected");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[{'items':[]}]", "<html></html>", "{'items':[", "7"})
    void whatIsNoPageIsMalformed(String text) {
        assertThatThrownBy(() -> page(text)).isInstanceOfAny(JsonProcessingException.class, UpstreamException.class);
    }

    @Test
    void aNullAmongTheItemsStaysInItsPlace() throws Exception {
        Page page = page("{'items':[{'id':'task_e_1'},null,{'id':'task_e_2'}]}");

        assertThat(page.items()).hasSize(3);
        assertThat(page.items().get(1).isNull()).isTrue();
    }

    @Test
    void unknownFieldsOfThePageAreCountedByName() throws Exception {
        List<String> seen = new ArrayList<>();

        new TaskReader(seen::add)
                .observe(JSON.readTree(
                        "{\"items\":[],\"cursor\":\"a\",\"total_count\":1,\"colour\":{\"a\":\"secret\"}}"));

        assertThat(seen).containsExactly("field:page.colour");
    }
}
