package dev.turnpike.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.settings.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenHostsTest {

    private static List<Check> check(Map<String, String> given) {
        return TokenHosts.check(Settings.load(null, Map.of(), given));
    }

    @Test
    void nothingIsSaidOfTheDefaults() {
        assertThat(check(Map.of())).isEmpty();
        assertThat(check(Map.of("codex.sources", "tasks,threads"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:8081/backend-api",
                "http://127.0.0.2:8081",
                "http://[::1]:8081",
                "https://eu.chatgpt.com/backend-api",
            })
    void norOfThisMachineAndOfOpenAi(String url) {
        assertThat(check(Map.of("codex.base-url", url))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"codex.base-url", "codex.threads-url", "codex.token-url", "codex.authapi-base-url"})
    void tokensInClearAreWarnedOfWithSettingValueAndOrigin(String name) {
        Check check = check(Map.of(name, "http://chatgpt.com/x", "codex.sources", "threads"))
                .get(0);

        assertThat(check.state()).isEqualTo(Check.State.WARNING);
        assertThat(check.finding()).startsWith(name + " = http://chatgpt.com/x (-D): tokens are sent unencrypted");
        assertThat(check.advice()).isEqualTo("use https, or a gateway on this machine");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://gateway.example/x",
                "https://notopenai.com",
                "https://openai.com.example",
                "https://127.0.0.1.example",
            })
    void anotherHostIsNamed(String url) {
        Check check = check(Map.of("codex.token-url", url)).get(0);

        assertThat(check.state()).isEqualTo(Check.State.OK);
        assertThat(check.finding())
                .isEqualTo("codex.token-url = " + url + " (-D): tokens go to a host that is not OpenAI's");
    }

    @Test
    void whatGetsNoTokenIsNotNamed() {
        assertThat(check(Map.of("codex.threads-url", "http://gateway.example"))).isEmpty();
        assertThat(check(Map.of("codex.token-url", "http://gateway.example", "codex.refresh", "read-only")))
                .isEmpty();
    }
}
