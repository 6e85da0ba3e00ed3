package dev.turnpike.sinks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ChatTextTest {
    private static final String TYPE = "dev.turnpike.codex.turn.completed.v1";

    @Example
    void hasTheTitleAndTheLink() throws JsonProcessingException {
        assertThat(text(5, 30, 100)).isEqualTo("Codex turn completed: ttttt\nhttps://e.org/" + "p".repeat(16));
        assertThat(text(5, 0, 100)).isEqualTo("Codex turn completed: ttttt");
    }

    @Property
    void neitherIsLongerThanItMayBeNorCutsTheLink(
            @ForAll @IntRange(max = 60) int title,
            @ForAll @IntRange(max = 60) int link,
            @ForAll @IntRange(min = 1, max = 100) int max)
            throws JsonProcessingException {
        String text = text(title, link, max);

        assertThat(text).isNotEmpty().hasSizeLessThanOrEqualTo(max);
        assertThat(text.contains("https://e.org/")).isEqualTo(link > 14 && link <= max - 2);
        if (link > 14 && link <= max - 2) {
            assertThat(text).endsWith("\nhttps://e.org/" + "p".repeat(link - 14));
        }
    }

    /** @param link characters of the link; less than 15 for none */
    private static String text(int title, int link, int max) throws JsonProcessingException {
        String data = JsonNodeFactory.instance
                .objectNode()
                .put("title", "t".repeat(title))
                .put("url", link < 15 ? "" : "https://e.org/" + "p".repeat(link - 14))
                .toString();
        return new ChatText().of(data, TYPE, max);
    }
}
