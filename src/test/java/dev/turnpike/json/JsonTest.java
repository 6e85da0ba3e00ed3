package dev.turnpike.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory.Feature;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void aTextAsLongAsAReplyMayBeIsRead() throws Exception {
        int longerThanJackson = StreamReadConstraints.DEFAULT_MAX_STRING_LEN + 1_000_000;
        byte[] reply = ("{\"diff\":\"" + "x".repeat(longerThanJackson) + "\"}").getBytes(StandardCharsets.UTF_8);

        assertThat(Json.MAPPER.readTree(reply).path("diff").textValue()).hasSize(longerThanJackson);
        assertThat(Json.builder().build().readTree(reply).path("diff").textValue())
                .hasSize(longerThanJackson);
    }

    @Test
    void fieldNamesAreNotKept() {
        assertThat(List.of(Json.MAPPER, Json.builder().build()))
                .extracting(ObjectMapper::getFactory)
                .noneMatch(factory -> factory.isEnabled(Feature.INTERN_FIELD_NAMES)
                        || factory.isEnabled(Feature.CANONICALIZE_FIELD_NAMES));
    }
}
