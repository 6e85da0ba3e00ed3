package dev.turnpike.sinks.slack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MarkdownTest {

    /** xorbitsai/xagent 1064, vercel/chat 954. */
    @Test
    void onlyBoldPairsBecomeBold() {
        String summary = """
                **Summary**

                * `Client.call(**kwargs)` now forwards `**kwargs` to the transport.
                * Lint covers `src/**/*.py` and skips `**/build/**`.
                * The limit is `2**10` bytes, or 2**20.
                """;
        assertThat(Markdown.beginning(summary, 8, 1_000)).isEqualTo("""
                        *Summary*
                        • `Client.call(**kwargs)` now forwards `**kwargs` to the transport.
                        • Lint covers `src/**/*.py` and skips `**/build/**`.
                        • The limit is `2**10` bytes, or 2**20.""");
    }

    @Test
    void codeStaysWithinItsFence() {
        assertThat(Markdown.beginning("Run\n```sh\nnpm **run** <it>\n```\nthen", 8, 1_000))
                .isEqualTo("Run\n```\nnpm **run** &lt;it&gt;\n```\nthen");
    }

    @Test
    void noLabelHidesWhereALinkLeads() {
        assertThat(Markdown.beginning("See [the docs](https://evil.test/a?b=1&c=2)", 8, 1_000))
                .isEqualTo("See the docs (https://evil.test/a?b=1&amp;c=2)");
    }

    @Test
    void whatIsCutShortIsClosedAndNotTooLong() {
        String code = "**bold " + "&".repeat(100) + "**";
        assertThat(Markdown.beginning(code, 8, 100))
                .hasSizeLessThanOrEqualTo(100)
                .endsWith("…*");
        String fence = "```\n" + "x".repeat(500);
        assertThat(Markdown.beginning(fence, 8, 100))
                .hasSizeLessThanOrEqualTo(100)
                .endsWith("…\n```");
        String lines = IntStream.range(0, 20).mapToObj(String::valueOf).collect(Collectors.joining("\n"));
        assertThat(Markdown.beginning(lines, 3, 100)).isEqualTo("0\n1\n2\n…");
    }
}
