package dev.turnpike.commandline.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TurnLineTest {
    private static final String LINK = "https://chatgpt.com/codex/tasks/task_e_0123456789abcdef0123456789abcdef";
    private static final String COMPLETED = """
            {"status": "completed", "title": "Make the importer resume after a broken row",
             "ended_at": "2026-11-22T09:41:07.5Z", "environment": "acme/importer", "url": "%s",
             "diff_stats": {"files_modified": 3, "lines_added": 128, "lines_removed": 17},
             "pull_requests": [{"number": 41, "state": "open", "merged": false}]}
            """.formatted(LINK);
    private static final String FAILED = """
            {"status": "failed", "title": "Flaky test", "ended_at": "2026-11-22T09:41:08Z",
             "environment": "acme/web", "url": "%s", "error": {"code": "setup", "message": "npm ci failed"}}
            """.formatted(LINK);

    private static final String ATTEMPTS = """
            {"title": "Make the importer resume after a broken row", "ended_at": "2026-11-22T09:41:09Z",
             "url": "%s", "attempts": [
              {"status": "completed", "diff_stats": {"files_modified": 3, "lines_added": 128, "lines_removed": 17}},
              {"status": "completed", "diff_stats": {"files_modified": 2, "lines_added": 96, "lines_removed": 2}},
              {"status": "failed"}]}
            """.formatted(LINK);

    @Test
    void hasTheLinkOnALineOfItsOwnIn80Columns() throws JsonProcessingException {
        assertThat(line(COMPLETED, 80)).isEqualTo("""
                        09:41:07  ✓ Make the importer resume after a br…   +128   −17    3 files  #41
                                 https://chatgpt.com/codex/tasks/task_e_0123456789abcdef0123456789abcdef""");
        assertThat(line(FAILED, 80)).isEqualTo("""
                        09:41:08  ✗ Flaky test: npm ci failed
                                 https://chatgpt.com/codex/tasks/task_e_0123456789abcdef0123456789abcdef""");
    }

    @Test
    void showsMoreIn140Columns() throws JsonProcessingException {
        assertThat(line(COMPLETED, 140).lines().toList())
                .containsExactly(
                        "09:41:07  ✓ Make the importer resume after a broken row" + " ".repeat(27)
                                + "  acme/importer        +128   −17    3 files  #41 open",
                        "            " + LINK);
        assertThat(line(FAILED, 140))
                .startsWith("09:41:08  ✗ Flaky test: npm ci failed   ")
                .contains("acme/web");
    }

    @Test
    void takesOneLineWhereTheLinkFits() throws JsonProcessingException {
        assertThat(line(COMPLETED, 180).lines().toList())
                .singleElement()
                .satisfies(line -> assertThat(line).endsWith("#41 open      " + LINK));
    }

    @Test
    void takesOneLineWithEverythingWithoutATerminal() throws JsonProcessingException {
        assertThat(line(FAILED.replace("Flaky test", "A title that is longer than forty columns, kept whole"), 0))
                .startsWith(
                        "09:41:08  ✗ A title that is longer than forty columns, kept whole: npm ci failed  acme/web")
                .endsWith(LINK)
                .doesNotContain("\n", "\u001b");
    }

    @Test
    void showsHowEachAttemptEnded() throws JsonProcessingException {
        assertThat(line(ATTEMPTS, 80)).isEqualTo("""
                        09:41:09  ≡ Make the importer resume after a broken row  ✓ +128 −17  ✓ +96 −2  ✗
                                 https://chatgpt.com/codex/tasks/task_e_0123456789abcdef0123456789abcdef""");
        assertThat(line(ATTEMPTS, 0))
                .startsWith("09:41:09  ≡ Make the importer resume after a broken")
                .endsWith("✓ +128 −17  ✓ +96 −2  ✗  " + LINK)
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 40, 60, 71, 72, 80, 109, 110, 140, 160, 161, 200})
    void keepsEveryLineButTheLinkWithinTheScreen(int columns) throws JsonProcessingException {
        String wide = COMPLETED.replace("Make the importer", "インポーターを再開する 👩‍💻 ✅");
        for (String turn : List.of(COMPLETED, FAILED, wide, ATTEMPTS)) {
            String first = line(turn, columns).lines().findFirst().orElseThrow();
            assertThat(DisplayText.width(first)).isLessThanOrEqualTo(Math.max(columns, 34));
        }
    }

    @Test
    void alignsWideCharacters() throws JsonProcessingException {
        String japanese = line(COMPLETED.replace("Make the importer resume after a broken row", "再開する"), 80);
        String latin = line(COMPLETED.replace("Make the importer resume after a broken row", "Resume"), 80);

        assertThat(column(japanese, "+128")).isEqualTo(column(latin, "+128")).isEqualTo(51);
    }

    @Test
    void coloursOnlyWhereAsked() throws JsonProcessingException {
        JsonNode turn = new ObjectMapper().readTree(COMPLETED);
        String coloured = new TurnLine(new Screen(80, true), ZoneOffset.UTC).of(turn);

        assertThat(coloured).contains("\u001b[32m✓\u001b[0m");
        assertThat(coloured.replaceAll("\u001b\\[\\d+m", "")).isEqualTo(line(COMPLETED, 80));
    }

    @Test
    void livesWithHardlyAnyData() throws JsonProcessingException {
        assertThat(line("{}", 80)).isEqualTo("--:--:--  ?");
        assertThat(line(
                        "{\"status\":\"cancelled\",\"task_id\":\"task_e_1\",\"observed_at\":\"2026-11-22T01:02:03Z\"}",
                        80))
                .isEqualTo("01:02:03  – task_e_1");
        assertThat(line("{\"status\":\"completed\",\"title\":\"a\",\"files\":[{}],\"ended_at\":\"yesterday\"}", 80))
                .isEqualTo("--:--:--  ✓ a                                                     1 file");
    }

    @Test
    void letsNoTitleSteerTheTerminal() throws JsonProcessingException {
        String turn =
                "{\"status\":\"completed\",\"title\":\"a\\u001b[2Jb\\nc\\u202ed\\u009b1m\",\"url\":\"http://x/\\u0007\"}";

        assertThat(line(turn, 80))
                .doesNotContain("\u001b", "\u202e", "\u009b", "\u0007")
                .contains("✓ a [2Jb c d 1m");
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0",
        "abc, 3",
        "日本, 4",
        "é, 1",
        "e\u0301, 1",
        "👍, 2",
        "👍🏽, 2",
        "👩‍💻, 2",
        "🇫🇷, 2",
        "❤️, 2",
        "한국, 4",
        "ｶﾅ, 2"
    })
    void measuresText(String text, int columns) {
        assertThat(DisplayText.width(text)).isEqualTo(columns);
    }

    @Test
    void cutsWithinTheColumnsGivenAndNeverInsideACharacter() {
        assertThat(DisplayText.cut("日本語", 6)).isEqualTo("日本語");
        assertThat(DisplayText.cut("日本語", 5)).isEqualTo("日本…");
        assertThat(DisplayText.cut("日本語", 4)).isEqualTo("日…");
        assertThat(DisplayText.cut("ab👩‍💻cd", 4)).isEqualTo("ab…");
        assertThat(DisplayText.cut("abc", 0)).isEmpty();
    }

    @Test
    void knowsItsScreenFromTheEnvironment() {
        assertThat(Screen.of(Map.of("TERM", "xterm"))).isEqualTo(Screen.NONE);
        assertThat(Screen.of(Map.of("TURNPIKE_COLUMNS", "140", "TERM", "xterm")))
                .isEqualTo(new Screen(140, true));
        assertThat(Screen.of(Map.of("TURNPIKE_COLUMNS", "0", "TERM", "xterm"))).isEqualTo(new Screen(80, true));
        assertThat(Screen.of(Map.of("TURNPIKE_COLUMNS", "140", "TERM", "dumb"))).isEqualTo(new Screen(140, false));
        assertThat(Screen.of(Map.of("TURNPIKE_COLUMNS", "140", "TERM", "xterm", "NO_COLOR", "1")))
                .isEqualTo(new Screen(140, false));
    }

    private static String line(String turn, int columns) throws JsonProcessingException {
        return new TurnLine(new Screen(columns, false), ZoneOffset.UTC).of(new ObjectMapper().readTree(turn));
    }

    private static int column(String line, String text) {
        return DisplayText.width(line.substring(0, line.indexOf(text)));
    }
}
