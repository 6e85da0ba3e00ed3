package dev.turnpike.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretsTest {
    @Test
    void aTokenOfAnyLengthIsMaskedAsAWhole() {
        assertThat(Secrets.inLine("refused eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln, sorry", 300))
                .isEqualTo("refused ***, sorry");
        assertThat(Secrets.inLine("refused eyJa" + ".b".repeat(30_000) + ", sorry", 300))
                .isEqualTo("refused ***, sorry");
        assertThat(Secrets.inLine("refused " + "eyJ".repeat(20_000) + ", sorry", 300))
                .isEqualTo("refused ***, sorry");
    }

    @Test
    void whatIsNoTokenStays() {
        assertThat(Secrets.inLine("the end of a sentence.The next", 300)).isEqualTo("the end of a sentence.The next");
    }
}
