package dev.turnpike.commandline.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TerminalOutputTest {

    private static String printed(boolean colours, String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TerminalOutput out = new TerminalOutput(new PrintStream(bytes, true, StandardCharsets.UTF_8), colours);
        out.print(text);
        out.close();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void sequencesAreShownAndNotSent() {
        assertThat(printed(true, "a\u001b]0;title\u0007b\u001b[2Jc\u009b31md\rX\u202ee\u2028f\u007f"))
                .isEqualTo("a\\u001b]0;title\\u0007b\\u001b[2Jc\\u009b31md\\u000dX\\u202ee\\u2028f\\u007f");
    }

    @Test
    void coloursPassWhereTheyAreOursToSet() {
        assertThat(printed(true, "\u001b[32mgood\u001b[0m")).isEqualTo("\u001b[32mgood\u001b[0m");
        assertThat(printed(false, "\u001b[32mgood")).isEqualTo("\\u001b[32mgood");
        assertThat(printed(true, "end\u001b")).isEqualTo("end\\u001b");
    }

    @Property(tries = 500)
    void noTextGetsAControlCharacterThrough(@ForAll String text) {
        assertThat(printed(false, text)).doesNotContainPattern("[\\p{Cc}&&[^\\n\\t]]|[\\u202a-\\u202e\\u2066-\\u2069]");
    }

    @Test
    void whatIsWrittenInPiecesIsTheSame() {
        String text = "\u001b[1;32mgut ✓ 👩 ü\u001b[0m\u001b[2J";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TerminalOutput out = new TerminalOutput(new PrintStream(bytes, true, StandardCharsets.UTF_8), true);
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            out.write(each);
            out.flush();
        }
        out.close();
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("\u001b[1;32mgut ✓ 👩 ü\u001b[0m\\u001b[2J");
    }

    @Test
    void marksThatTurnTheDirectionAreShown() {
        assertThat(printed(true, "\u061c\u200e\u200f\u2066\ufeff")).isEqualTo("\\u061c\\u200e\\u200f\\u2066\\ufeff");
    }

    @Test
    void lettersOfEveryAlphabetStay() {
        String text = "für 日本語 ✓ 👩‍💻 عربي ".repeat(3000);
        assertThat(printed(true, text)).isEqualTo(text);
    }

    @Test
    void jsonStaysWhatItIs() throws Exception {
        String title = "a\u009b2J\u202eb\u001b[1m\u007f";
        ObjectMapper json = new ObjectMapper();
        String printed = printed(true, json.writeValueAsString(Map.of("title", title)));
        assertThat(json.readTree(printed).path("title").textValue()).isEqualTo(title);
        assertThat(printed).doesNotContain("\u009b", "\u202e");
    }
}
