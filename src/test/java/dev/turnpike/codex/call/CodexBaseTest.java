package dev.turnpike.codex.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.codex.CodexRequest;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodexBaseTest {

    @ParameterizedTest
    @CsvSource({
        "https://chatgpt.com/backend-api,       https://chatgpt.com/backend-api/wham/usage",
        "https://chatgpt.com/backend-api//,     https://chatgpt.com/backend-api/wham/usage",
        "https://chatgpt.com,                   https://chatgpt.com/backend-api/wham/usage",
        "https://ChatGPT.com/,                  https://chatgpt.com/backend-api/wham/usage",
        "https://chat.openai.com,               https://chat.openai.com/backend-api/wham/usage",
        "http://127.0.0.1:8081,                 http://127.0.0.1:8081/api/codex/usage",
        "http://127.0.0.1:8081/backend-api/,    http://127.0.0.1:8081/backend-api/wham/usage",
        "http://[::1]:8081/,                    http://[::1]:8081/api/codex/usage",
        "https://proxy.example/x/backend-api/y, https://proxy.example/x/backend-api/y/wham/usage",
        "https://chatgpt.com.example,           https://chatgpt.com.example/api/codex/usage",
    })
    void theBaseSelectsThePath(String base, String address) {
        assertThat(CodexBase.of(URI.create(base)).address(CodexRequest.get(null, "a", "usage")))
                .isEqualTo(address);
    }

    @Test
    void idsCannotLeaveTheirPlaceInThePath() {
        CodexBase base = CodexBase.of(URI.create("http://h"));

        assertThat(base.address(CodexRequest.get(null, "a", "tasks", "a/../b?c#d%2F~e ü{{x}}")))
                .isEqualTo("http://h/api/codex/tasks/a%2F..%2Fb%3Fc%23d%252F~e%20%C3%BC%7B%7Bx%7D%7D");
        assertThatThrownBy(() -> base.address(CodexRequest.get(null, "a", "tasks", "")))
                .hasMessage("path segment '' is no id");
    }

    @Test
    void theObserverSeesTemplatesOnly() {
        assertThat(new Call(CodexRequest.get(null, "a", "environments", "by-repo", "github", "me", "mine")).endpoint())
                .isEqualTo("environments/by-repo/github/*/*");
        assertThat(new Call(CodexRequest.get(null, "a", "1", "2", "3", "4", "5", "6", "7")).endpoint())
                .isEqualTo("other");
    }
}
