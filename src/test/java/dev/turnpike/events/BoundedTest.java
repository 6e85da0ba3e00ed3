package dev.turnpike.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BoundedTest {

    /** Texts of one, two, three and four byte characters and of halves of pairs. */
    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of(
                        "a", "\n", "\u0000", "é", "ß", "€", "\uFFFF", "😀", "\uD83D", "\uDE00", "\u07FF", "\u0800",
                        "zz")
                .list()
                .ofMaxSize(60)
                .map(parts -> String.join("", parts));
    }

    @Property(tries = 2000)
    void theTextIsTheLongestBeginningThatFits(@ForAll("texts") String text, @ForAll @IntRange(max = 120) int bytes)
            throws CharacterCodingException {
        Bounded bounded = Bounded.of(text, bytes);

        // a strict encoder refuses halves of pairs
        int size = StandardCharsets.UTF_8
                .newEncoder()
                .encode(CharBuffer.wrap(bounded.text()))
                .remaining();
        assertThat(size).isLessThanOrEqualTo(bytes);
        String repaired = repaired(text);
        assertThat(repaired).startsWith(bounded.text());
        assertThat(bounded.truncated()).isEqualTo(bounded.text().length() < repaired.length());
        if (bounded.truncated()) {
            int next = repaired.codePointAt(bounded.text().length());
            assertThat(size + Character.toString(next).getBytes(StandardCharsets.UTF_8).length)
                    .isGreaterThan(bytes);
        }
    }

    @Property(tries = 500)
    void whatFitsAndIsSoundStaysAsItIs(@ForAll String text) {
        String sound = repaired(text);

        Bounded bounded = Bounded.of(sound, Integer.MAX_VALUE);

        assertThat(bounded).isEqualTo(new Bounded(sound, false));
    }

    private static String repaired(String text) {
        StringBuilder repaired = new StringBuilder();
        text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .forEach(repaired::appendCodePoint);
        return repaired.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "abc, 3, abc, false",
        "abc, 2, ab, true",
        "abc, 0, '', true",
        "'', 0, '', false",
        "a€b, 3, a, true",
        "a€b, 4, a€, true",
        "a😀, 4, a, true",
        "a😀, 5, a😀, false"
    })
    void textsAreCutBetweenCharacters(String text, int bytes, String cut, boolean truncated) {
        assertThat(Bounded.of(text, bytes)).isEqualTo(new Bounded(cut, truncated));
    }

    @Test
    void halvesOfPairsAreReplaced() {
        assertThat(Bounded.of("a\uD83Db\uDE00", 100).text()).isEqualTo("a\uFFFDb\uFFFD");
        assertThat(Bounded.of("\uD83D", 2)).isEqualTo(new Bounded("", true));
    }
}
