package dev.turnpike.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory.Feature;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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

    /** Whatever a time is written as, it is read as Jackson itself reads it, or refused as there. */
    @Test
    void timesAreReadAsJacksonReadsThem() {
        List<String> texts = new ArrayList<>(List.of(
                "2026-11-26T04:39:27Z",
                "2026-11-26T04:39:27.5Z",
                "2026-11-26T04:39:27.000000001Z",
                "2024-02-29T23:59:59Z",
                "2023-02-29T00:00:00Z",
                "2026-04-31T00:00:00Z",
                "2026-13-01T00:00:00Z",
                "2026-00-01T00:00:00Z",
                "2026-11-00T00:00:00Z",
                "2026-11-26T24:00:00Z",
                "2026-11-26T25:00:00Z",
                "2026-11-26T04:60:27Z",
                "2026-11-26T04:39:60Z",
                "2026-11-26T04:39:27.Z",
                "2026-11-26T04:39:27.1234567891Z",
                "2026-11-26T04:39Z",
                "2026-11-26T04:39:27+01:00",
                "2026-11-26 04:39:27Z",
                "2026-1a-26T04:39:27Z",
                "2026-11-26T04:39:27,5Z",
                "-026-11-26T04:39:27Z",
                "+12026-11-26T04:39:27Z",
                "0000-01-01T00:00:00Z",
                "",
                "Z",
                "1764131967",
                "noon"));
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            long seconds = random.nextLong(-80_000_000_000L, 300_000_000_000L);
            int nanos = random.nextInt(1_000_000_000)
                    / List.of(1, 1000, 1_000_000, 1_000_000_000).get(i % 4);
            texts.add(Instant.ofEpochSecond(seconds, nanos).toString());
        }
        ObjectMapper jackson =
                JsonMapper.builder().addModule(new JavaTimeModule()).build();
        ObjectMapper ours = Json.records().build();

        assertThat(texts).allSatisfy(text -> assertThat(read(ours, text)).isEqualTo(read(jackson, text)));
    }

    private static Object read(ObjectMapper mapper, String text) {
        try {
            return mapper.readValue('"' + text + '"', Instant.class);
        } catch (JsonProcessingException e) {
            return "refused";
        }
    }

    @Test
    void fieldNamesAreNotKept() {
        assertThat(List.of(Json.MAPPER, Json.builder().build()))
                .extracting(ObjectMapper::getFactory)
                .noneMatch(factory -> factory.isEnabled(Feature.INTERN_FIELD_NAMES)
                        || factory.isEnabled(Feature.CANONICALIZE_FIELD_NAMES));
    }

    @Test
    void externalTextThatIsNotJsonIsMissing() {
        assertThat(Json.orMissing("{\"a\": 1}").path("a").asInt()).isEqualTo(1);
        assertThat(Json.orMissing("5").isInt()).isTrue();
        assertThat(List.of("", " ", "<html>", "{\"a\": ", "{".repeat(100_000)))
                .allMatch(text -> Json.orMissing(text).isMissingNode());
    }
}
