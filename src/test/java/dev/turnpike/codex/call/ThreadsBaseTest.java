package dev.turnpike.codex.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is on the list can be sent, and nothing else: every way to leave it is tried on each of its entries. */
class ThreadsBaseTest {
    private static final List<List<String>> READS = List.of(
            List.of("v1", "threads"),
            List.of("v1", "threads", "ID"),
            List.of("v2", "threads", "ID", "turns"),
            List.of("v2", "threads", "ID", "items"));
    private static final List<String> WORDS = List.of(
            "v1",
            "v2",
            "v3",
            "threads",
            "turns",
            "items",
            "ID",
            "resume",
            "attach",
            "subscribe",
            "fork",
            "archive",
            "command",
            "exec",
            "environment-configs",
            "tasks",
            "usage");

    private final ThreadsBase base = ThreadsBase.of(URI.create("https://codex-cloud-backend.chatgpt.com/"));
    private final TokensForTests tokens = TokensForTests.of("token");

    private CodexRequest request(String method, List<String> path, Map<String, String> query, String body) {
        return new CodexRequest(tokens, "a", method, path, query, body, true);
    }

    private boolean isSent(CodexRequest request) {
        try {
            base.address(request);
            return true;
        } catch (UpstreamException e) {
            assertThat(e).hasMessageContaining("was not sent to codex.threads-url");
            return false;
        }
    }

    @Test
    void theFourReadsHaveAddressesBelowTheBase() {
        assertThat(READS)
                .extracting(path -> base.address(request("GET", path, Map.of(), null)))
                .containsExactly(
                        "https://codex-cloud-backend.chatgpt.com/v1/threads",
                        "https://codex-cloud-backend.chatgpt.com/v1/threads/ID",
                        "https://codex-cloud-backend.chatgpt.com/v2/threads/ID/turns",
                        "https://codex-cloud-backend.chatgpt.com/v2/threads/ID/items");
    }

    @Test
    void ofAllPathsOfKnownWordsOnlyTheReadsAreSent() {
        TreeSet<String> sent = new TreeSet<>();
        List<List<String>> paths = new ArrayList<>(List.of(List.<String>of()));
        for (int i = 0; i < paths.size(); i++) {
            List<String> path = paths.get(i);
            if (isSent(request("GET", path, Map.of(), null))) {
                sent.add(String.join("/", path));
            }
            for (String word : path.size() < 4 ? WORDS : List.<String>of()) {
                List<String> longer = new ArrayList<>(path);
                longer.add(word);
                paths.add(longer);
            }
        }

        assertThat(sent)
                .allMatch(path -> path.matches("v1/threads(/[^/]+)?|v2/threads/[^/]+/(turns|items)"))
                .contains("v1/threads", "v1/threads/ID", "v2/threads/ID/turns", "v2/threads/ID/items")
                .hasSize(1 + WORDS.size() + 2 * WORDS.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "get"})
    void noOtherMethodIsSent(String method) {
        assertThat(READS).noneMatch(path -> isSent(request(method, path, Map.of(), null)));
    }

    @Test
    void noBodyAndNoUnknownParameterIsSent() {
        assertThat(READS).noneMatch(path -> isSent(request("GET", path, Map.of(), "{}")));
        assertThat(READS).noneMatch(path -> isSent(request("GET", path, Map.of("loadRuntime", "true"), null)));
        assertThat(isSent(request("GET", READS.get(0), Map.of("limit", "1", "cursor", "x"), null)))
                .isTrue();
        assertThat(isSent(request("GET", READS.get(0), Map.of("sourceKinds", "cloud"), null)))
                .isFalse();
    }

    @Test
    void anIdCannotLeaveItsPlaceInThePath() {
        assertThat(base.address(request("GET", List.of("v1", "threads", "a/../../v1/x?y#z"), Map.of(), null)))
                .isEqualTo("https://codex-cloud-backend.chatgpt.com/v1/threads/a%2F..%2F..%2Fv1%2Fx%3Fy%23z");
        assertThatThrownBy(() -> base.address(request("GET", List.of("v1", "threads", ".."), Map.of(), null)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
