package dev.turnpike.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.Event.Form;
import io.cloudevents.CloudEvent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventRecordsTest {
    private static final Instant SINCE = Instant.parse("2026-11-22T10:00:00Z");

    private final EventRecords records = new EventRecords("codex.");
    private final Event turn = new TurnEvents(new TaskLinks("https://chatgpt.com/backend-api"), Content.FULL, 65536)
            .of(Samples.ended("task-completed-with-pr"));

    @Test
    void aTurnIsACloudEventInBinaryMode() throws Exception {
        ProducerRecord<String, byte[]> message = records.of(turn);

        Map<String, String> headers = new LinkedHashMap<>();
        message.headers().forEach(h -> headers.put(h.key(), new String(h.value(), StandardCharsets.UTF_8)));
        String task = "task_e_a577416b5e2148f7a19a1ce9ab56e859";
        assertThat(headers)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "content-type",
                        "application/json",
                        "ce_specversion",
                        "1.0",
                        "ce_id",
                        task + "~assttrn_e_f2966a45acbc4899b0c04f384857c575:completed",
                        "ce_source",
                        "/codex/accounts/ws-1/user-1",
                        "ce_type",
                        "dev.turnpike.codex.turn.completed.v1",
                        "ce_subject",
                        task,
                        "ce_time",
                        "2026-11-22T10:01:30.500Z"));
        assertThat(message.topic()).isEqualTo("codex.turns");
        assertThat(message.key()).isEqualTo(task);
        assertThat(message.partition()).isNull();
        assertThat(message.timestamp()).isNull();
        assertThat(new ObjectMapper().readTree(message.value())).isEqualTo(Samples.read(turn.data()));
        assertThat(new ObjectMapper()
                        .readTree(records.of(turn.in(Form.METADATA)).value()))
                .isEqualTo(Samples.read(turn.metadata()));
    }

    @Test
    void theCloudEventsSdkReadsIt() {
        CloudEvent event = EventSchemas.assertValid(records.of(turn));

        assertThat(event.getSource()).isEqualTo(URI.create("/codex/accounts/ws-1/user-1"));
        assertThat(event.getSubject()).isEqualTo(turn.subject());
        assertThat(event.getTime().toInstant()).isEqualTo(turn.time());
    }

    @Test
    void theTraceIsAnExtensionOfTheEvent() {
        String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        ProducerRecord<String, byte[]> message = new EventRecords("codex.", () -> trace).of(turn);

        assertThat(EventSchemas.assertValid(message).getExtension("traceparent"))
                .isEqualTo(trace);
        assertThat(message.headers().lastHeader("traceparent").value())
                .isEqualTo(trace.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "ws-1/user-1, /codex/accounts/ws-1/user-1",
        "a b/ü%?#, /codex/accounts/a%20b/%C3%BC%25%3F%23",
        "~x/+, /codex/accounts/~x/%2B"
    })
    void theSourceIsAlwaysAUri(String account, String source) {
        assertThat(EventRecords.source(account)).isEqualTo(source);
        assertThat(URI.create(source).getPath()).isEqualTo("/codex/accounts/" + account);
    }

    private static Event alert() {
        EventData data = EventData.empty()
                .account(new Identity("a/b", null))
                .time("since", SINCE)
                .time("recovered_at", SINCE)
                .seconds("after_seconds", 0);
        return Event.alert("a/b", "auth.recovered", "a/b:auth.recovered", SINCE, data.node());
    }

    @Test
    void anAlertAboutAnAccountHasItAsItsKeyAndNoSubject() {
        ProducerRecord<String, byte[]> message = records.of(alert());

        assertThat(message.topic()).isEqualTo("codex.alerts");
        assertThat(message.key()).isEqualTo("a/b");
        assertThat(message.headers().lastHeader("ce_subject")).isNull();
    }

    @Test
    void theHelperRefusesWhatIsNotPromised() {
        Event odd = alert();

        odd.data().put("colour", "red");
        assertThatThrownBy(() -> EventSchemas.assertValid(odd)).hasMessageContaining("its schema does not name");
        odd.data().remove("colour");
        odd.data().withObjectProperty("account").put("email", "a@example.org");
        assertThatThrownBy(() -> EventSchemas.assertValid(odd)).hasMessageContaining("its schema does not name");
        odd.data().withObjectProperty("account").remove("email");
        EventSchemas.assertValid(odd);
        odd.data().put("since", "yesterday");
        assertThatThrownBy(() -> EventSchemas.assertValid(odd)).hasMessageContaining("problems of");
    }

    @Test
    void theWrapperOfATurnsSchemaIsCheckedToo() {
        EventSchemas.assertValid("turn.completed.v1", turn.data());
        assertThatThrownBy(() -> EventSchemas.assertValid("turn.failed.v1", turn.data()))
                .hasMessageContaining("problems of turn.failed.v1");
        assertThatThrownBy(() -> EventSchemas.assertValid(
                        "turn.completed.v1", turn.data().deepCopy().put("colour", "red")))
                .hasMessageContaining("its schema does not name");
    }

    @ParameterizedTest
    @CsvSource({
        "https://chatgpt.com/backend-api, https://chatgpt.com/codex/tasks/t",
        "https://chatgpt.com/backend-api///, https://chatgpt.com/codex/tasks/t",
        "https://chatgpt.com, https://chatgpt.com/codex/tasks/t",
        "http://127.0.0.1:8081, http://127.0.0.1:8081/codex/tasks/t",
        "http://host:1/x/backend-api, http://host:1/x/codex/tasks/t"
    })
    void linksAreTheBaseWithoutTheApi(String base, String link) {
        assertThat(new TaskLinks(base).of("t")).isEqualTo(link);
    }
}
