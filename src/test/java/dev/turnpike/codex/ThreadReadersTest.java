package dev.turnpike.codex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.comparison.Observation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The samples, whose shapes come from the CLI's own schema, and all that may be otherwise on the live server. */
class ThreadReadersTest {
    private final List<String> drift = new ArrayList<>();
    private final ThreadReader reader = new ThreadReader(drift::add);

    private CloudThread thread(String json) {
        return reader.read(Replies.json(json));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http-v1-threads", "http-v1-threads-last-page"})
    void noSampleListHoldsAnythingUnknown(String name) {
        Page page = Page.ofThreads(Replies.file("threads/" + name), "threads", drift::add);

        assertThat(page.items())
                .isNotEmpty()
                .allSatisfy(
                        item -> assertThat(reader.read(item).id()).startsWith("019aa111-2222-7333-8444-5555666677"));
        assertThat(drift).isEmpty();
    }

    @Test
    void everyFieldOfASampleThreadIsRead() {
        Page page = Page.ofThreads(Replies.file("threads/http-v1-threads"), "threads", drift::add);

        assertThat(page.cursor()).isEqualTo("bzM");
        CloudThread waiting = reader.read(page.items().get(2));
        assertThat(waiting.task().title()).isEqualTo("Fix flaky test 3");
        assertThat(waiting.task().createdAt()).isEqualTo(Instant.ofEpochSecond(1795589200));
        assertThat(waiting.task().updatedAt()).isEqualTo(Instant.ofEpochSecond(1795599820));
        assertThat(waiting.active()).isTrue();
        assertThat(waiting.task().thread().waitsFor()).containsExactly("waitingOnApproval");
        assertThat(reader.read(page.items().get(0)).active()).isFalse();
        assertThat(reader.read(page.items().get(1)).task().thread().waitsFor()).isEmpty();
    }

    @Test
    void aThreadIsReadWithItsWrapperAndWithout() {
        JsonNode wrapped = Replies.file("threads/http-v1-thread");

        assertThat(reader.read(wrapped)).isEqualTo(reader.read(wrapped.get("thread")));
    }

    @Test
    void everyFieldButTheIdMayBeNullAbsentOrOfAnotherType() {
        ObjectNode sample = (ObjectNode) Replies.file("threads/http-v1-thread").get("thread");
        for (String field : List.copyOf(DriftObserver.known("thread"))) {
            if (!field.equals("id")) {
                ObjectNode without = sample.deepCopy();
                without.remove(field);
                assertThat(reader.read(without).id()).isEqualTo(sample.get("id").textValue());
                assertThat(reader.read(without.putNull(field)).id()).isNotNull();
                assertThat(reader.read(without.put(field, 17)).id()).isNotNull();
                without.putArray(field).add("x");
                assertThat(reader.read(without).id()).isNotNull();
                without.putObject(field).put("type", 3);
                assertThat(reader.read(without).id()).isNotNull();
            }
        }
        assertThatThrownBy(() -> thread("{\"name\":\"x\"}")).isInstanceOf(MalformedItemException.class);
        assertThatThrownBy(() -> thread("[]")).isInstanceOf(MalformedItemException.class);
    }

    @Test
    void aWordOfTheStatusAloneWouldDoAndUnknownWordsAreCounted() {
        assertThat(thread("{\"id\":\"t\",\"status\":\"active\"}").active()).isTrue();
        assertThat(drift).isEmpty();

        thread(
                "{\"id\":\"t\",\"status\":{\"type\":\"asleep\",\"activeFlags\":[\"waitingOnMoon\"]},\"colour\":\"red\"}");

        assertThat(drift)
                .containsExactlyInAnyOrder("thread-status:asleep", "thread-flag:waitingOnMoon", "field:thread.colour");
    }

    @Test
    void withoutANameTheTitleIsTheBeginningOfThePreviewsFirstLine() {
        assertThat(thread("{\"id\":\"t\",\"name\":null,\"preview\":\"Fix it\\nsecret context\"}")
                        .task()
                        .title())
                .isEqualTo("Fix it");
        assertThat(thread("{\"id\":\"t\",\"preview\":\"" + "x".repeat(500) + "\"}")
                        .task()
                        .title())
                .hasSize(120)
                .endsWith("…");
        assertThat(thread("{\"id\":\"t\",\"preview\":\"" + "😀".repeat(100) + "\"}")
                        .task()
                        .title())
                .as("no half of an emoji")
                .isEqualTo("😀".repeat(59) + "…");
    }

    @ParameterizedTest
    @CsvSource({
        "https://github.com/acme/widgets.git,acme/widgets",
        "https://github.com/acme/widgets,acme/widgets",
        "git@github.com:acme/widgets.git,acme/widgets",
        "ssh://git@github.com/acme/widgets/,acme/widgets",
        "widgets,",
    })
    void theRepositoryIsTheEndOfItsUrl(String url, String repository) {
        CloudThread thread =
                thread("{\"id\":\"t\",\"gitInfo\":{\"originUrl\":\"" + url + "\",\"branch\":\"main\",\"sha\":null}}");

        assertThat(thread.repository()).isEqualTo(repository);
        assertThat(thread.task().branch()).isEqualTo("main");
    }

    private ThreadTurns turns(CloudThread thread, String... pages) {
        ThreadTurns turns = new ThreadTurns(thread, drift::add);
        for (String page : pages) {
            turns.add(Page.ofThreads(Replies.file("threads/" + page), "turns", drift::add));
        }
        return turns;
    }

    @Test
    void theTurnsOfASampleFollowEachOther() {
        TurnMap map = turns(thread("{\"id\":\"t\"}"), "http-v2-turns-notLoaded").map();

        assertThat(map.turns().values())
                .filteredOn(Turn::assistant)
                .extracting(Turn::status)
                .containsExactly(TurnStatus.COMPLETED, TurnStatus.CANCELLED, TurnStatus.COMPLETED);
        assertThat(map.currentTurnId()).isEqualTo("019aa111-3333-7333-8444-555500010003");
        Turn last = map.turns().get(map.currentTurnId());
        assertThat(map.turns().get(last.previousTurnId()).previousTurnId())
                .isEqualTo("019aa111-3333-7333-8444-555500010002");
        assertThat(map.turns().values().stream().map(Turn::previousTurnId)).doesNotHaveDuplicates();
        assertThat(last.createdAt()).isEqualTo(Instant.ofEpochSecond(1795599930));
        assertThat(last.lastEventAt()).isEqualTo(Instant.ofEpochSecond(1795599950));
        assertThat(drift).isEmpty();
    }

    @Test
    void turnsInTheOtherOrderAreTheSame() {
        JsonNode sample = Replies.file("threads/http-v2-turns-notLoaded");
        ObjectNode reversed = sample.deepCopy();
        ArrayNode data = reversed.putArray("data");
        sample.get("data").forEach(turn -> data.insert(0, turn));
        ThreadTurns turns = new ThreadTurns(thread("{\"id\":\"t\"}"), drift::add);
        turns.add(Page.ofThreads(reversed, "turns", drift::add));

        assertThat(turns.map())
                .isEqualTo(turns(thread("{\"id\":\"t\"}"), "http-v2-turns-notLoaded")
                        .map());
    }

    @Test
    void aForksTurnsFromBeforeItAreNotItsOwn() {
        CloudThread fork = thread("{\"id\":\"t\",\"forkedFromId\":\"o\",\"createdAt\":1795599900}");

        assertThat(turns(fork, "http-v2-turns-notLoaded").map().turns().values())
                .filteredOn(Turn::assistant)
                .extracting(Turn::id)
                .containsExactly("019aa111-3333-7333-8444-555500010002", "019aa111-3333-7333-8444-555500010003");
    }

    @Test
    void aTurnThatFailedAndOneThatRunsAreReadAndAnUnknownWordIsOpen() {
        Turn failed = turns(thread("{\"id\":\"t\"}"), "http-v2-turns-failed").latest();
        assertThat(failed.status()).isEqualTo(TurnStatus.FAILED);
        assertThat(failed.error()).isEqualTo(new Turn.TurnError(null, "Something broke"));
        assertThat(turns(thread("{\"id\":\"t\"}"), "http-v2-turns-inProgress")
                        .latest()
                        .status())
                .isEqualTo(TurnStatus.IN_PROGRESS);

        ThreadTurns odd = new ThreadTurns(thread("{\"id\":\"t\"}"), drift::add);
        odd.add(Page.ofThreads(
                Replies.json("{\"data\":[{\"id\":\"x\",\"status\":\"paused\"},null,{\"status\":\"failed\"}]}"),
                "turns",
                drift::add));

        assertThat(odd.latest().status()).isEqualTo(TurnStatus.UNKNOWN);
        assertThat(odd.isIncomplete()).isTrue();
        assertThat(drift).contains("thread-turn-status:paused", "missing:thread-turn.id");
    }

    private static final String TURN = "019aa111-3333-7333-8444-555500010001";

    private static Turn bare(String id) {
        return TurnsForTests.turn(id, 0, TurnStatus.COMPLETED, null, null);
    }

    @Test
    void theItemsOfASampleAreSummaryPromptAndEdits() {
        ThreadItems items = new ThreadItems(TURN, drift::add);
        items.add(Page.ofThreads(Replies.file("threads/http-v2-items"), "items", drift::add));

        Turn turn = items.in(bare(TURN));
        assertThat(turn.text()).isEqualTo("Done: the test no longer depends on the clock.");
        assertThat(turn.diff()).isNull();
        assertThat(turn.edits())
                .containsExactly(new Turn.FileEdit(
                        "/workspace/demo/README.md", Turn.FileEdit.Kind.MODIFIED, "@@ -1 +1 @@\n-old\n+new\n"));
        assertThat(items.prompt()).isEqualTo("Please fix the flaky test 1");
        assertThat(drift).isEmpty();
    }

    @Test
    void bareItemsInTheOtherOrderSayTheSame() {
        JsonNode sample = Replies.file("threads/http-v2-turns-full").at("/data/0");
        ArrayNode reversed = ((ArrayNode) sample.get("items")).arrayNode();
        sample.get("items").forEach(item -> reversed.insert(0, item));
        ThreadItems ascending = new ThreadItems("t", drift::add);
        ascending.add(Page.ofThreads(sample.get("items"), "items", drift::add));
        ThreadItems descending = new ThreadItems("t", drift::add);
        descending.add(Page.ofThreads(reversed, "items", drift::add));

        assertThat(descending.in(bare("t"))).isEqualTo(ascending.in(bare("t")));
        assertThat(descending.prompt()).isEqualTo(ascending.prompt());
    }

    @Test
    void anotherTurnsItemsAreLeftOut() {
        ThreadItems items = new ThreadItems("another", drift::add);
        items.add(Page.ofThreads(Replies.file("threads/http-v2-items"), "items", drift::add));

        assertThat(items.isEmpty()).isTrue();
        assertThat(items.in(bare("another")).text()).isNull();
    }

    @Test
    void theFinalAnswerIsTheSummaryElseTheLastMessage() {
        String first = "{\"type\":\"agentMessage\",\"text\":\"first\"}";
        String last = "{\"type\":\"agentMessage\",\"text\":\"last\"}";
        String done = "{\"type\":\"agentMessage\",\"text\":\"done\",\"phase\":\"final_answer\"}";
        String user = "{\"type\":\"userMessage\",\"content\":[{\"type\":\"text\",\"text\":\"do\"}]}";

        assertThat(summary(user, first, last)).isEqualTo("last");
        assertThat(summary(user, first, done, last)).isEqualTo("done");
        assertThat(summary(last, first, user)).isEqualTo("last");
        assertThat(summary(user)).isNull();
    }

    private String summary(String... items) {
        ThreadItems all = new ThreadItems("t", drift::add);
        all.add(Page.ofThreads(Replies.json("[" + String.join(",", items) + "]"), "items", drift::add));
        return all.in(bare("t")).text();
    }

    @Test
    void unknownItemsArePassedOverAndCountedAndAFailedEditIsNone() {
        ThreadItems items = new ThreadItems("t", drift::add);
        items.add(Page.ofThreads(
                Replies.json(
                        "{\"data\":[{\"type\":\"hologram\"},7,{\"type\":\"reasoning\",\"text\":\"hidden\"},"
                                + "{\"type\":\"fileChange\",\"status\":\"declined\",\"changes\":[{\"path\":\"a\",\"diff\":\"x\"}]},"
                                + "{\"type\":\"fileChange\",\"changes\":[{\"path\":\"b\",\"kind\":\"add\",\"diff\":\"y\"},{}]}]}"),
                "items",
                drift::add));

        assertThat(items.in(bare("t")).edits()).containsExactly(new Turn.FileEdit("b", Turn.FileEdit.Kind.ADDED, "y"));
        assertThat(items.in(bare("t")).text()).isNull();
        assertThat(drift).containsExactlyInAnyOrder("thread-item:hologram", "thread-item:none");
    }

    @Test
    void diffsBeyondTheBoundAreNotKept() {
        ThreadItems items = new ThreadItems("t", drift::add);
        String huge = "x".repeat(3 * 1024 * 1024);
        for (int i = 0; i < 5; i++) {
            items.add(Page.ofThreads(
                    Replies.json("[{\"type\":\"fileChange\",\"changes\":[{\"path\":\"f" + i + "\",\"diff\":\"" + huge
                            + "\"}]}]"),
                    "items",
                    drift::add));
        }

        assertThat(items.in(bare("t")).edits()).hasSize(5);
        assertThat(items.in(bare("t")).edits().stream()
                        .filter(edit -> edit.diff() != null)
                        .mapToInt(edit -> edit.diff().length())
                        .sum())
                .isEqualTo(huge.length());
    }

    @Test
    void aPageWithoutItsArrayIsMalformed() {
        assertThatThrownBy(() -> Page.ofThreads(Replies.json("{\"data\":{}}"), "threads", drift::add))
                .isInstanceOf(UpstreamException.class)
                .hasMessage("\"data\" of the page of threads is an object, an array is expected");
    }

    @Test
    void aThreadsFingerprintStaysTheSameFromVersionToVersion() {
        // another value here means that every thread of every user is published anew after an upgrade
        CloudThread thread =
                reader.read(Replies.file("threads/http-v1-threads").get("data").get(2));

        assertThat(fingerprint(thread.task())).isEqualTo("43815b0620b26866");
        assertThat(fingerprint(thread.task("turn", TurnStatus.COMPLETED))).isEqualTo("dd4246cba3ae81a2");
        assertThat(fingerprint(thread.provisional().task())).isEqualTo("1a5c207e6ff3bb17");
    }

    private static String fingerprint(Task task) {
        return Observation.ofListed(task, Instant.EPOCH).fingerprint();
    }

    @Test
    void fieldsAreReportedWithoutTheirValues() {
        List<String> lines = ThreadFields.ofThreads(Replies.file("threads/http-v1-threads"));

        assertThat(lines).hasSize(2);
        assertThat(lines.get(1))
                .contains("known and null:")
                .contains("gitInfo")
                .endsWith("unknown fields: none")
                .doesNotContain("019aa111", "flaky", "demo", "gpt");
    }
}
