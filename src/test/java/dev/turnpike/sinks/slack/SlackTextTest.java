package dev.turnpike.sinks.slack;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SlackTextTest {

    @Test
    void escapesWhatHasAMeaningInSlack() {
        assertThat(SlackText.line("<!channel> a & b\n -> c", 100)).isEqualTo("&lt;!channel&gt; a &amp; b -&gt; c");
    }

    @Test
    void cutsWithoutBreakingAnEntityOrAnEmoji() {
        assertThat(SlackText.escaped("ab&&&&", 12)).isEqualTo("ab&amp;…");
        assertThat(SlackText.escaped("a😀😀😀", 4)).isEqualTo("a😀…");
    }

    @Test
    void linksOnlyToTheWeb() {
        assertThat(SlackText.link("https://x.test/a?b=1&c=2|3", "label"))
                .isEqualTo("<https://x.test/a?b=1&amp;c=2%7C3|label>");
        assertThat(SlackText.link("javascript:alert(1)", "label")).isEqualTo("label");
        // each of its & takes five characters of a message
        assertThat(SlackText.link("https://x.test/?" + "&".repeat(900), "label"))
                .isEqualTo("label");
        assertThat(SlackText.link("https://x.test/ <!here>", "label")).isEqualTo("label");
    }

    @Test
    void closesACodeBlockThatItCuts() {
        assertThat(SlackText.beginning("*Done*\n```\none\ntwo\nthree", 3, 100)).isEqualTo("*Done*\n```\none\n…\n```");
    }

    @Property(tries = 300)
    void isNeverLongerThanAllowedAndNeverRaw(@ForAll String text, @ForAll @IntRange(min = 1, max = 200) int max) {
        String escaped = SlackText.escaped(text, max);
        assertThat(escaped.length()).isLessThanOrEqualTo(max);
        assertThat(escaped).doesNotContain("<", ">");
        assertThat(escaped.replaceAll("&(amp|lt|gt);", "")).doesNotContain("&");
    }
}
