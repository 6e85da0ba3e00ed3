package dev.turnpike.commandline.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What PowerShell and others write into a pipe. */
class StandardInputTest {
    private static final String PROMPT = "Füge Prüfungen für 日本語 hinzu ✓\r\n";

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
    void aPromptIsReadWithItsMarkAndUtf8Without(String encoding) throws Exception {
        assertThat(TaskSending.decoded(("\ufeff" + PROMPT).getBytes(Charset.forName(encoding))))
                .isEqualTo(PROMPT);
        assertThat(TaskSending.decoded(PROMPT.getBytes(Charset.forName("UTF-8"))))
                .isEqualTo(PROMPT);
        assertThat(TaskSending.decoded(new byte[0])).isEmpty();
        assertThat(TaskSending.decoded(new byte[] {'a'})).isEqualTo("a");
    }

    @Test
    void whatIsNeitherIsRefusedRatherThanSentDamaged() {
        assertThatThrownBy(() -> TaskSending.decoded("für".getBytes(Charset.forName("windows-1252"))))
                .isInstanceOf(CharacterCodingException.class);
        assertThatThrownBy(() -> TaskSending.decoded("ÿÿ".getBytes(Charset.forName("windows-1252"))))
                .isInstanceOf(CharacterCodingException.class);
    }
}
