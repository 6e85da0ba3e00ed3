package dev.turnpike.credentials;

import dev.turnpike.credentials.Credentials.RefreshMode;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Credentials from an {@code auth.json}, read again for every request, since the CLI and its user may change the file
 * at any time; or from a personal access token that a setting gives in its place.
 */
final class FileCredentials implements Credentials {
    private static final Logger log = LoggerFactory.getLogger(FileCredentials.class);
    /** For causes outside the file's content, such as its folder's permissions. */
    private static final Duration BETWEEN_READS = Duration.ofSeconds(60);
    /** For a token that is rejected although it has not expired, which an outage of the backend can cause, too. */
    private static final Duration AFTER_REFUSAL = Duration.ofMinutes(15);

    private final AuthFile file;
    private final TokenRefresh tokenRefresh;
    private final RefreshMode mode;
    private final Function<String, PersonalAccessToken> personalTokens;
    private final Clock clock;
    private PersonalAccessToken personal;
    private volatile SignInFailure lastFailure;

    FileCredentials(
            AuthFile file,
            TokenRefresh tokenRefresh,
            RefreshMode mode,
            Function<String, PersonalAccessToken> personalTokens,
            Clock clock) {
        this.file = file;
        this.tokenRefresh = tokenRefresh;
        this.mode = mode;
        this.personalTokens = personalTokens;
        this.clock = clock;
    }

    /**
     * A failure that needs a person, with the file's content at that time and when to retry although it has not
     * changed.
     */
    private record SignInFailure(Optional<ByteBuffer> content, Instant until) {}

    @Override
    public Identity identity() {
        return watched(PersonalAccessToken::identity, SignIn::identity);
    }

    @Override
    public Bearer bearer() {
        return watched(PersonalAccessToken::bearer, signIn -> {
            Instant now = clock.instant();
            boolean waitless = tokenRefresh.busy() && !signIn.expired(now);
            return signIn.due(now) && !waitless ? refreshed(signIn).bearer() : signIn.bearer();
        });
    }

    /** The old token is valid until it expires, whatever the outcome of its refresh. */
    private SignIn refreshed(SignIn signIn) {
        try {
            return tokenRefresh.refresh(signIn);
        } catch (AuthRequiredException | CredentialsUnavailableException e) {
            if (signIn.expired(clock.instant())) {
                throw e;
            }
            log.debug(
                    "Credentials not refreshed yet, using current token account={}",
                    signIn.identity().account());
            return signIn;
        }
    }

    @Override
    public Bearer reread(Bearer refused) {
        return watched(PersonalAccessToken::bearer, SignIn::bearer);
    }

    @Override
    public Bearer refresh(Bearer refused) {
        return watched(
                token -> {
                    if (token.holds(refused.token())) {
                        throw token.refused();
                    }
                    return token.bearer();
                },
                signIn -> signIn.accessToken().equals(refused.token())
                        ? tokenRefresh.refresh(signIn).bearer()
                        : signIn.bearer());
    }

    @Override
    public void refused(Bearer last) {
        Optional<ByteBuffer> content = content();
        Instant until = clock.instant().plus(AFTER_REFUSAL);
        if (last.token().equals(tokenInUse())) {
            lastFailure = new SignInFailure(content, until);
        }
    }

    private String tokenInUse() {
        try {
            SignIn signIn = tokenRefresh.newest(file.read().signIn());
            return signIn.personal() ? signIn.personalAccessToken() : signIn.accessToken();
        } catch (AuthRequiredException e) {
            log.debug("Credentials removed from file file={} reason={}", file, e.reason());
            return null;
        }
    }

    @Override
    public boolean isRetryDue() {
        SignInFailure last = lastFailure;
        return last == null
                || !clock.instant().isBefore(last.until())
                || !last.content().equals(content());
    }

    @Override
    public Status status() {
        String source = file.toString();
        return watched(token -> new Status(source, RefreshMode.NEVER, null, null), signIn -> {
            String restriction = tokenRefresh.restriction().orElse(null);
            RefreshMode now = restriction == null ? mode : RefreshMode.READ_ONLY;
            return new Status(source, now, signIn.expiresAt(), restriction);
        });
    }

    /** Asks the present sign-in, of whichever kind it is, and remembers a failure that needs a person. */
    private <T> T watched(Function<PersonalAccessToken, T> ofToken, Function<SignIn, T> ofTokens) {
        Optional<ByteBuffer> content = content();
        try {
            SignIn signIn = tokenRefresh.newest(file.read().signIn());
            return signIn.personal() ? ofToken.apply(personal(signIn)) : ofTokens.apply(signIn);
        } catch (AuthRequiredException e) {
            Duration wait = e.reason().equals("refused") ? AFTER_REFUSAL : BETWEEN_READS;
            lastFailure = new SignInFailure(content, clock.instant().plus(wait));
            throw e;
        }
    }

    private Optional<ByteBuffer> content() {
        return file.content().map(ByteBuffer::wrap);
    }

    private synchronized PersonalAccessToken personal(SignIn signIn) {
        if (personal == null || !personal.holds(signIn.personalAccessToken())) {
            personal = personalTokens.apply(signIn.personalAccessToken());
        }
        return personal;
    }

    @Override
    public void close() {
        tokenRefresh.close();
    }

    @Override
    public String toString() {
        return "FileCredentials[file=" + file + ", refresh=" + mode.label() + "]";
    }
}
