package dev.turnpike.credentials;

import dev.turnpike.credentials.AuthFile.Pause;
import dev.turnpike.credentials.Credentials.RefreshMode;
import dev.turnpike.http.HttpLimits;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.apache.hc.client5.http.classic.HttpClient;

/** Creates credentials from a file shared with the Codex CLI, or from a personal access token. */
public final class CredentialsFactory {
    private static final int REPLY_BYTES = 256 * 1024;
    /** Limits of calls to the authorization server: the CLI's lock must be held for less than ten seconds in all. */
    public static final HttpLimits LIMITS = new HttpLimits(REPLY_BYTES, REPLY_BYTES, Duration.ofMillis(8500));

    private final HttpClient http;
    private final URI tokenUrl;
    private final URI authApiUrl;
    private final Clock clock;

    /**
     * @param http for the authorization server alone: follows no redirect, and keeps to {@link #LIMITS}
     * @param tokenUrl where refresh tokens are redeemed: {@code https://auth.openai.com/oauth/token}
     * @param authApiUrl base of the whoami call: {@code https://auth.openai.com/api/accounts}
     */
    public CredentialsFactory(HttpClient http, URI tokenUrl, URI authApiUrl, Clock clock) {
        this.http = http;
        this.tokenUrl = tokenUrl;
        this.authApiUrl = authApiUrl;
        this.clock = clock;
    }

    /**
     * The credentials in a file, which need not exist yet. Where the mode is shared and sharing is impossible, a
     * warning says why and they are used read-only.
     *
     * @param mode {@code SHARED} or {@code READ_ONLY}
     */
    public Credentials ofFile(Path path, RefreshMode mode) {
        return ofFile(path, mode, new TokenEndpoint(http, tokenUrl), Pause.REAL);
    }

    Credentials ofFile(Path path, RefreshMode mode, TokenEndpoint endpoint, Pause pause) {
        return of(new AuthFile(path, pause), mode, endpoint, pause);
    }

    /**
     * A personal access token.
     *
     * @param source what it was given by, for messages: {@code CODEX_ACCESS_TOKEN}
     */
    public Credentials ofToken(String token, String source) {
        return of(
                AuthFile.ofToken(token, source), RefreshMode.READ_ONLY, new TokenEndpoint(http, tokenUrl), Pause.REAL);
    }

    private Credentials of(AuthFile file, RefreshMode mode, TokenEndpoint endpoint, Pause pause) {
        TokenRefresh tokenRefresh = new TokenRefresh(file, mode, endpoint, clock, pause);
        tokenRefresh.restriction();
        return new FileCredentials(
                file,
                tokenRefresh,
                mode,
                token -> new PersonalAccessToken(token, file.toString(), new AuthServer(http), authApiUrl),
                clock);
    }
}
