package dev.turnpike.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.credentials.AuthFile.Pause;
import dev.turnpike.credentials.TokenEndpoint.TokenReply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthFileTest {
    private static final Instant END = Instant.parse("2026-11-22T12:00:00Z");

    @TempDir
    Path folder;

    private final AtomicInteger pauses = new AtomicInteger();

    private AuthFile file(Pause pause) {
        return new AuthFile(folder.resolve("auth.json"), length -> {
            pauses.incrementAndGet();
            pause.sleep(length);
        });
    }

    private AuthFile file(String content) throws Exception {
        Files.writeString(folder.resolve("auth.json"), content);
        return file(length -> {});
    }

    private static String good() {
        return TestTokens.authJson("ws-1", "user-1", END, TestTokens.refreshToken(), Instant.EPOCH);
    }

    /** Somebody put it there by hand, or a program that cut it out of another text. */
    @Test
    void aTokenIsTakenWithoutTheLineEndBehindIt() {
        String access = TestTokens.jwt("ws-1", "user-1", END);
        String file = """
                {"tokens": {"access_token": "%s\\n", "refresh_token": " ", "account_id": "ws-1\\r\\n"}}""".formatted(access);

        SignIn signIn = AuthDocument.parse(file.getBytes(StandardCharsets.UTF_8), "auth.json")
                .orElseThrow()
                .signIn();

        assertThat(signIn.bearer().token()).isEqualTo(access);
        assertThat(signIn.bearer().accountHeader()).isEqualTo("ws-1");
        assertThat(signIn.refreshToken()).isNull();
        assertThat(signIn.expiresAt()).isEqualTo(END);
    }

    @Test
    void aFolderInItsPlaceIsSaidToBeOne() throws Exception {
        Files.createDirectory(folder.resolve("auth.json"));

        assertThatThrownBy(() -> file(length -> {}).read())
                .isInstanceOf(AuthRequiredException.class)
                .hasMessageStartingWith(folder.resolve("auth.json") + " is a folder (Docker creates one");
    }

    /** The CLI's order where the file does not name its kind: the tokens are those of an earlier sign-in. */
    @Test
    void aPersonalAccessTokenGoesBeforeTokens() throws Exception {
        String both = good().replace("\"auth_mode\": \"chatgpt\",", "\"personal_access_token\": \"at-1\",");

        assertThat(file(both).read().signIn().personal()).isTrue();
        assertThat(file(both.replaceFirst("\\{", "{\"auth_mode\": \"chatgpt\", "))
                        .read()
                        .signIn()
                        .personal())
                .isFalse();
    }

    @Test
    void readsWhoseItIsAndWhenItEnds() throws Exception {
        SignIn signIn = file(good()).read().signIn();
        assertThat(signIn.identity()).isEqualTo(new Identity("ws-1/user-1", "pro"));
        assertThat(signIn.expiresAt()).isEqualTo(END);
        assertThat(signIn.bearer().accountHeader()).isEqualTo("ws-1");
        assertThat(signIn.bearer().account()).isEqualTo("ws-1/user-1");
    }

    @Test
    void saysWhereItLookedAndWhatToDo() {
        assertThatThrownBy(() -> file(length -> {}).read())
                .isInstanceOf(AuthRequiredException.class)
                .hasMessageContaining(folder.resolve("auth.json").toString())
                .hasMessageContaining("CODEX_HOME")
                .hasMessageContaining("codex login")
                .extracting(e -> ((AuthRequiredException) e).reason())
                .isEqualTo("missing");
        assertThat(pauses).hasValue(0);
    }

    @Test
    void knowsThatTheCliMayKeepCredentialsElsewhere() throws Exception {
        Files.writeString(folder.resolve("config.toml"), "model = \"x\"\ncli_auth_credentials_store = \"keyring\"\n");
        assertThatThrownBy(() -> file(length -> {}).read())
                .hasMessageContaining("cli_auth_credentials_store = \"keyring\"")
                .hasMessageContaining("\"file\"");
    }

    @Test
    void readsATornFileAgainUntilItIsWhole() throws Exception {
        String whole = good();
        Files.writeString(folder.resolve("auth.json"), whole.substring(0, whole.length() / 2));
        AuthFile file = file(length -> {
            if (pauses.get() == 5) {
                write(whole);
            }
        });
        assertThat(file.read().signIn().identity().account()).isEqualTo("ws-1/user-1");
        assertThat(pauses).hasValue(5);
    }

    @ParameterizedTest
    @CsvSource({"''", "'{\"tokens\":'", "'[]'", "'null'"})
    void givesUpOnABrokenFileAfterTwoSeconds(String content) throws Exception {
        AuthFile file = file(content);
        assertThatThrownBy(file::read)
                .isInstanceOf(AuthRequiredException.class)
                .hasMessageContaining("not a complete JSON object")
                .extracting(e -> ((AuthRequiredException) e).reason())
                .isEqualTo("unreadable");
        assertThat(AuthFile.STEP.multipliedBy(pauses.get())).isEqualTo(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"auth_mode\":\"apikey\",\"OPENAI_API_KEY\":\"sk-MARKED-SECRET\"}', API key",
        "'{\"OPENAI_API_KEY\":\"sk-MARKED-SECRET\"}', API key",
        "'{\"auth_mode\":\"bedrockApiKey\",\"bedrock_api_key\":\"MARKED-SECRET\"}', bedrockApiKey",
        "'{\"auth_mode\":\"agentIdentity\"}', agentIdentity",
        "'{}', no access token",
        "'{\"tokens\":{\"access_token\":\"MARKED-SECRET\",\"account_id\":\"ws-1\"}}', whose sign-in",
    })
    void namesWhatItCannotUse(String content, String complaint) throws Exception {
        AuthFile file = file(content);
        assertThatThrownBy(file::read)
                .isInstanceOf(AuthRequiredException.class)
                .hasMessageContaining(complaint)
                .hasMessageContaining("codex login")
                .hasMessageNotContaining("MARKED-SECRET")
                .extracting(e -> ((AuthRequiredException) e).reason())
                .isEqualTo("unusable");
    }

    @Test
    void refusesWhatIsNotAFileOrFarTooLarge() throws Exception {
        Files.createSymbolicLink(folder.resolve("auth.json"), Path.of("/dev/null"));
        assertThatThrownBy(() -> file(length -> {}).read()).hasMessageContaining("not a file");
        Files.delete(folder.resolve("auth.json"));
        AuthFile file = file(" ".repeat(2_000_000));
        assertThatThrownBy(file::read).hasMessageContaining("larger than");
    }

    @Test
    void changesOnlyTheTokensAndKeepsEverythingElseInPlace() throws Exception {
        String before = """
            {
              "zebra": {"b": 1.50, "a": [1, 2], "e": {}, "n": []},
              "auth_mode": "chatgpt",
              "tokens": {
                "device": "kept",
                "id_token": "%s",
                "access_token": "%s",
                "refresh_token": "old",
                "account_id": "ws-1"
              },
              "big": 123456789012345678901234567890,
              "last_refresh": "2020-01-01T00:00:00Z"
            }""".formatted(TestTokens.jwt("ws-1", "user-1", END), TestTokens.jwt("ws-1", "user-1", END));
        AuthDocument document = file(before).read();
        String access = TestTokens.jwt("ws-1", "user-1", END.plusSeconds(1));
        String after = new String(
                document.with(new TokenReply(null, access, "new")
                                .over(document.signIn(), Instant.parse("2026-11-22T01:02:03.000000004Z")))
                        .bytes(),
                StandardCharsets.UTF_8);
        assertThat(after.replaceAll("\\s+", ""))
                .isEqualTo(before.replace(document.signIn().accessToken(), access)
                        .replace("\"old\"", "\"new\"")
                        .replace("2020-01-01T00:00:00Z", "2026-11-22T01:02:03.000000004Z")
                        .replaceAll("\\s+", ""));
        assertThat(after).contains("  \"auth_mode\": \"chatgpt\",\n").contains("\"e\": {}");
    }

    @Test
    void keepsTheOldIdTokenWhereTheNewOneWouldMakeTheFileUseless() throws Exception {
        AuthDocument document = file(good()).read();
        SignIn kept = new TokenReply("not-a-jwt", null, null).over(document.signIn(), END);
        assertThat(kept.idToken()).isEqualTo(document.signIn().idToken());
        assertThat(kept.refreshToken()).isEqualTo(document.signIn().refreshToken());
    }

    @Test
    void showsNoSecretInAnyTextForm() throws Exception {
        AuthDocument document = file(good()).read();
        SignIn signIn = document.signIn();
        TokenReply reply = new TokenReply(signIn.idToken(), signIn.accessToken(), signIn.refreshToken());
        String all = document + " " + signIn + " " + signIn.bearer() + " " + reply + " "
                + RefreshedTokens.of(signIn, null, reply.over(signIn, END));
        assertThat(all).doesNotContain(TestTokens.MARK, signIn.accessToken(), signIn.idToken());
    }

    private void write(String content) {
        try {
            Files.writeString(folder.resolve("auth.json"), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
