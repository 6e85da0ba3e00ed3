package dev.turnpike.codex;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.json.Json;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsTest {
    private static Fields with(Object value) {
        return new Fields(Json.MAPPER.valueToTree(Map.of("field", value)));
    }

    @ParameterizedTest
    @ValueSource(strings = {",000", ".000", "’000", "0"})
    void aNumberThatNeverEndsIsNone(String part) {
        assertThat(with("1" + part.repeat(200_000)).decimal("field")).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"1,234.5 | 1234.5", "1.234,5 | 1234.5", "12 % | 12", "$ 12.50 | 12.50", "12 credits | 12"})
    void aDecimalIsReadWithoutItsUnitAndSeparators(String text, String decimal) {
        assertThat(with(text).decimal("field")).isEqualTo(decimal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"+999999999-12-31T23:59:59Z", "2100-01-01T00:00:00Z", "-0001-01-01T00:00:00Z"})
    void aTimeThatNobodyLivesToSeeIsNone(String text) {
        assertThat(with(text).time("field")).isNull();
    }

    @Test
    void aTextIsNotCutWithinASurrogatePair() {
        assertThat(with("😀😀").text("field", 3)).isEqualTo("😀");
        assertThat(with("😀😀").text("field", 4)).isEqualTo("😀😀");
    }

    @Test
    void aTimeMayBeIsoTextSecondsOrMilliseconds() {
        Instant time = Instant.parse("2026-11-27T10:00:00Z");
        assertThat(with("2026-11-27T11:00:00+01:00").time("field")).isEqualTo(time);
        assertThat(with(time.getEpochSecond()).time("field")).isEqualTo(time);
        assertThat(with(Long.toString(time.toEpochMilli())).time("field")).isEqualTo(time);
    }
}
