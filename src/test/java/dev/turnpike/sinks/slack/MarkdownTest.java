package dev.turnpike.sinks.slack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarkdownTest {

    @Test
    void thousandsOfQuotationsInEachOtherAreCut() {
        assertThat(Markdown.beginning(">".repeat(5_000) + " deep", 8, 1_200))
                .endsWith("…")
                .hasSizeLessThan(1_200);
        assertThat(Markdown.beginning("- + ".repeat(2_500) + "deep", 8, 1_200))
                .contains("…")
                .hasSizeLessThan(1_200);
    }

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

    /** The same out of code, as in hermes-agent 109335, where CommonMark makes pairs of them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "src/**/*.py and tests/**/*.py",
                "Globs: **/*.ts, **/*.js",
                "Ignore **/node_modules/** and **/dist/**",
                "Accept: */* or text/*, */*",
                "/* one */ and /* two */",
                "2**10 is 1024 and 2**20 is more",
                "(x**2 + y**2), f(x)**2 + y**2, 5*3*2",
                "2**n, 3**n and x**y + a**b",
                "f(**a, **b) or g(*args, **kwargs)",
                "| src/**/a | 2**10 | 2**20 |",
                "Searches for *test*.py and *spec*.ts",
                "src/*, tests/* and src/**, tests/**",
                "test_*.py and foo_*.py, foo-*-bar and baz-*-qux",
                "f(**a, **b), g(**c): h(x, **a), i(y,**b)"
            })
    void globsAndPowersAreNotBold(String markdown) {
        assertThat(Markdown.beginning(markdown, 8, 1_000).replace("\u200b", "")).isEqualTo(markdown);
        assertThat(Markdown.beginning("**Note**: " + markdown, 8, 1_000).replace("\u200b", ""))
                .isEqualTo("*Note*: " + markdown);
    }

    /** HKUDS/nanobot PR 1107. */
    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            value = {
                "**src/**: sources, **/api/users**: users => *src/*: sources, */api/users*: users",
                "**foo**bar baz, **a**b**c** => *foo*|bar baz, *a*|b|*c*",
                "**Status:**Healthy and **CPU:**45% => *Status:*|Healthy and *CPU:*|45%",
                "- **Name:**production-gke => • *Name:*|production-gke",
                "**yes**/**no**, (**a**/**b**), **src/**, **lib/** => *yes*/*no*, (*a*/*b*), *src/*, *lib/*",
                "**_either_**. Or **.env**/x => *_either_*. Or *.env*/x",
                "You _**must not**_ delete, v\\*.x and a\\*/b => You _*must not*_ delete, v*.x and a*/b",
                "*test*. And *that* => _test_. And _that_",
                "[x](https://example.com/a/**/b) => x (https://example.com/a/**/b)",
                "`a/**/b` and **`2**10`** => `a/**/b` and *`2**10`*"
            })
    void whatIsBoldAmongThemStaysSo(String markdown, String mrkdwn) {
        assertRendered(markdown, mrkdwn);
    }

    @Test
    void codeStaysWithinItsFence() {
        assertThat(Markdown.beginning("Run\n```sh\nnpm **run** <it>\n```\nthen", 8, 1_000))
                .isEqualTo("Run\n```\nnpm **run** &lt;it&gt;\n```\nthen");
    }

    /** NousResearch/hermes-agent 3715, BaseIntelligence/bounty-challenge 50969. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "## **Summary** | *Summary*",
                "# The `size` of **all** | *The `size` of all*",
                "***both*** and **_either_** | _*both*_ and *_either_*",
                "**a __b__ c** | *a b c*",
                "~~gone~~ and ~/.codex | ~gone~ and ~/.codex"
            })
    void noMarkStandsWithinItsOwnKind(String markdown, String mrkdwn) {
        assertThat(Markdown.beginning(markdown, 8, 1_000)).isEqualTo(mrkdwn);
    }

    /** Slack recognises no pair of marks over two lines. */
    @Test
    void aMarkEndsWithItsLine() {
        assertThat(Markdown.beginning("**Two\nlines** and ***~~more\nof~~ it***", 8, 1_000))
                .isEqualTo("*Two*\n*lines* and _*~more~*_\n_*~of~ it*_");
        assertThat(Markdown.beginning("> a **b\n> c** d", 8, 1_000)).isEqualTo("> a *b*\n> *c* d");
    }

    /** A zero-width space within an address would be a part of it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://github.com/acme/app/blob/main/src/__tests__/a.test.ts",
                "See https://example.com/__mocks__/x, https://example.com/b/__snapshots__/.",
                "(https://example.com/pkg/__init__.py#L10)",
                "https://example.com/pkg/__init__",
                "https://example.com/~ada/~bob/_a_/b_c_d",
                "HTTPS://example.com/_x_?a=_b_",
                "• https://example.com/__a__/b and https://example.com/__c__/d"
            })
    void anAddressStaysAsItIs(String markdown) {
        assertThat(Markdown.beginning(markdown, 8, 1_000)).isEqualTo(markdown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            value = {
                "**https://example.com/__a__/b** and _https://example.com/c_d_ => *https://example.com/__a__/b* and _https://example.com/c_d_",
                "**See https://example.com/a.** ~~https://example.com/b~~ => *See https://example.com/a.* ~https://example.com/b~",
                "[https://example.com/__a__/](https://example.com/__a__/) => https://example.com/__a__/",
                "<https://example.com/__a__/b> => https://example.com/__a__/b",
                "[docs](https://example.com/__a__/b) => docs (https://example.com/__a__/b)",
                "https://example.com/a\\_b\\_c => https://example.com/a_b_c",
                "https://example.com/?a=1&b=2&amp;c=3 => https://example.com/?a=1&amp;b=2&amp;c=3",
                "https://example.com/aは**重要**です => https://example.com/aは|*重要*|です",
                "`https://example.com/__a__/b` => `https://example.com/__a__/b`"
            })
    void marksAroundAnAddressAreMarks(String markdown, String mrkdwn) {
        assertRendered(markdown, mrkdwn);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "Fix __init__.py and __main__; Fix __init__.py and __main__",
                "src/__helpers__/x.ts and obj.__wrapped__; src/__helpers__/x.ts and obj.__wrapped__",
                "__enter__() of __Bold__ words; __enter__() of *Bold* words",
                "**__init__.py** __bold__; *__init__.py* *bold*"
            })
    void underlinedNamesAreNotBold(String markdown, String mrkdwn) {
        assertThat(Markdown.beginning(markdown, 8, 1_000).replace("\u200b", "")).isEqualTo(mrkdwn);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "see <https://example.com/a_b?c=1|the doc_u_ment> now ! see the doc_u_ment (https://example.com/a_b?c=1) now",
                "See <https://example.com/pr/7|docs>. ! See docs (https://example.com/pr/7).",
                "<https://example.com/pr/7|PR-7> and **<https://example.com/a|b>** ! PR-7 (https://example.com/pr/7) and *b (https://example.com/a)*",
                "<https://example.com/__a__/b?c=1&amp;d=2|x **y> ! x **y (https://example.com/__a__/b?c=1&amp;d=2)",
                "<https://example.com/a|b|c> ! b|c (https://example.com/a)",
                "<http://example.com|http://example.com> ! http://example.com",
                "<https://example.com/a|> ! https://example.com/a",
                "<mailto:me@example.com|me@example.com> ! me@example.com",
                "<mailto:me@example.com|me> ! me (me@example.com)",
                "\\<https://example.com|x> ! &lt;https://example.com|x&gt;",
                "`<https://example.com|x>` ! `&lt;https://example.com|x&gt;`",
                "<me@example.com> ! me@example.com",
                "one<br>two<BR />three<b> ! one\\ntwo\\nthree&lt;b&gt;"
            })
    void linksOfSlackAddressesAndBreaksAreRead(String markdown, String mrkdwn) {
        assertThat(Markdown.beginning(markdown, 8, 1_000)).isEqualTo(mrkdwn.translateEscapes());
    }

    /** seratch/ChatGPT-in-Slack 61 and PR 121, openclaw/openclaw PR 111575. */
    @ParameterizedTest
    @CsvSource({
        "これは**重要**です, これは|*重要*|です",
        "中文`程式`中文, 中文|`程式`|中文",
        "**「重要」**です, *「重要」*|です",
        "**要約：**二つの**変更**。, *要約：*|二つの|*変更*|。",
        "한글*강조*한글, 한글|_강조_|한글",
        "**注意:**これは, *注意:*|これは",
        "これは**(重要)**です, これは|*(重要)*|です",
        "使用**`code`**块, 使用|*`code`*|块",
        "src/**/*.py と **重要**, src/**/*.py と *重要*",
        "un**believ**able, un|*believ*|able",
        "(**kept**) **kwargs and **rest, (*kept*) **kwargs and **rest"
    })
    void slackSeesMarksBesideLetters(String markdown, String mrkdwn) {
        assertRendered(markdown, mrkdwn);
    }

    /** vercel/chat PR 957, slackhq/slack-api-docs 34 and 93: Slack has no escapes. */
    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                "\\*\\*not bold\\*\\* => **|not bold**",
                "\\*so\\* and **so** => *|so* and *so*",
                "a \\_x\\_ b => a _|x_ b",
                "\\~\\~x\\~\\~, ~x~ => ~~|x~~, ~|x~",
                "&#42;x&#42; &lowbar;y&lowbar; => *|x* _|y_",
                "(\\*a\\*) => (*|a*)",
                "\\*a\\* \\*b\\* => *|a* *|b*",
                "\\> no quotation => |&gt; no quotation",
                "- a\\_b, 2 * 3 * 4, a \\* b \\*, **kwargs, *args => • a_b, 2 * 3 * 4, a * b *, **kwargs, *args",
                "snake_case_name, ~/a and ~/b, $x_1$ \\_y => snake_case_name, ~/a and ~/b, $x_1$ _y"
            })
    void noPairOfLiteralMarksIsSeenBySlack(String markdown, String mrkdwn) {
        assertRendered(markdown, mrkdwn);
    }

    @Test
    void everyLineOfAQuotationIsQuoted() {
        assertThat(Markdown.beginning("> one\n> two\n>\n> ```\n> a > b\n> ```\n\nafter", 8, 1_000))
                .isEqualTo("> one\n> two\n> ```\n> a &gt; b\n> ```\nafter");
    }

    @Test
    void aFenceWithinAFenceDoesNotEndIt() {
        assertThat(Markdown.beginning("````markdown\n```js\nx\n```\n````\nthen", 8, 1_000))
                .isEqualTo("```\n'''js\nx\n'''\n```\nthen");
    }

    @Test
    void whatRendersToNothingIsSentAsItIs() {
        assertThat(Markdown.beginning("[1]: https://example.test/?a&b", 8, 1_000))
                .isEqualTo("[1]: https://example.test/?a&amp;b");
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

    /** @param mrkdwn with a bar for each zero-width space */
    private static void assertRendered(String markdown, String mrkdwn) {
        assertThat(Markdown.beginning(markdown, 8, 1_000)).isEqualTo(mrkdwn.replace('|', '\u200b'));
    }
}
