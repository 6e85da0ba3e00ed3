package dev.turnpike.commandline.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TypedTextTest {

    private static String read(byte[] typed, String locale) {
        return TypedText.of(new String(typed, Charset.forName(locale)), Charset.forName(locale));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ISO-8859-1", "ISO-8859-5", "ISO-8859-15", "CP1251", "CP1256"})
    void utf8IsRestoredWhereEachByteIsALetter(String locale) {
        assertThat(read("für 日本 ✓".getBytes(StandardCharsets.UTF_8), locale)).isEqualTo("für 日本 ✓");
    }

    @ParameterizedTest
    @CsvSource({"für, ISO-8859-1", "€uro, ISO-8859-15", "Привет, ISO-8859-5", "Привет, CP1251", "plain, ISO-8859-1"})
    void whatIsTypedInTheLocaleStays(String text, String locale) {
        assertThat(read(text.getBytes(Charset.forName(locale)), locale)).isEqualTo(text);
    }

    /** Each of them is UTF-8 by accident. */
    @ParameterizedTest
    @CsvSource({"一, GBK", "품, EUC-KR", "เขต, TIS-620", "เขต, x-iso-8859-11"})
    void lettersOfOtherEncodingsStay(String text, String locale) {
        byte[] typed = text.getBytes(Charset.forName(locale));

        assertThat(read(typed, locale)).isEqualTo(text);
    }

    @Test
    void whatTheLocaleCannotNameStays() {
        assertThat(TypedText.of("Ã¼ 日", StandardCharsets.ISO_8859_1)).isEqualTo("Ã¼ 日");
    }
}
