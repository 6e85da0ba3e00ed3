package dev.turnpike.credentials;

import dev.turnpike.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the sign-in file that is shared with the Codex CLI, and names its lock files. */
class AuthFile {
    /** Older CLIs truncate the file and write in place: a reader may see a part. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    static final Duration STEP = Duration.ofMillis(100);

    private static final int LARGEST = 1024 * 1024;
    private static final Pattern STORE =
            Pattern.compile("(?m)^\\s*cli_auth_credentials_store\\s*=\\s*[\"'](keyring|auto|ephemeral)[\"']");

    private final Path path;
    private final Pause pause;
    private volatile Parsed last;

    AuthFile(Path path, Pause pause) {
        this.path = path.toAbsolutePath();
        this.pause = pause;
    }

    /**
     * What the file of a personal access token would hold, where a setting gives the token.
     *
     * @param source what it was given by, in place of the path in messages
     */
    static AuthFile ofToken(String token, String source) {
        byte[] content = Json.bytes(Map.of("personal_access_token", token));
        return new AuthFile(Path.of(source), Pause.REAL) {
            @Override
            byte[] load() {
                return content.clone();
            }

            @Override
            public String toString() {
                return source;
            }
        };
    }

    /** A parsed document with its bytes, cached since each call reads the token and the file seldom changes. */
    private record Parsed(ByteBuffer bytes, AuthDocument document) {}

    Path path() {
        return path;
    }

    /** The target of a symlink, which itself stays unchanged. */
    Path real() throws IOException {
        return path.toRealPath();
    }

    /** The CLI's lock for refreshes: one per {@code CODEX_HOME}. */
    Path refreshLock() {
        return path.resolveSibling("auth.lock");
    }

    /** The CLI's lock for writing: one per real file. */
    Path writeLock() throws IOException {
        Path real = real();
        return real.resolveSibling(real.getFileName() + ".lock");
    }

    /** The bytes as they are now; empty when there is no file or it cannot be read. For comparing, never for showing. */
    Optional<byte[]> content() {
        try {
            return Optional.of(load());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * The sign-in in the file. A file that does not parse is read again for two seconds.
     *
     * @throws AuthRequiredException when there is no usable one
     */
    AuthDocument read() {
        return read(PATIENCE);
    }

    AuthDocument read(Duration patience) {
        return pause.poll(patience, this::parsed)
                .orElseThrow(() -> new AuthRequiredException(
                        "unreadable",
                        path + " is not a complete JSON object: sign in again by `codex login`, or restore the file"));
    }

    private Optional<AuthDocument> parsed() {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(load());
            Parsed before = last;
            if (before != null && before.bytes().equals(bytes)) {
                return Optional.of(before.document());
            }
            Optional<AuthDocument> document = AuthDocument.parse(bytes.array(), path.toString());
            document.ifPresent(now -> last = new Parsed(bytes, now));
            return document;
        } catch (NoSuchFileException e) {
            throw new AuthRequiredException("missing", missing());
        } catch (IOException e) {
            String advice = Files.isDirectory(path)
                    ? path
                            + " is a folder (Docker creates one if the file to mount does not exist): set codex.auth-files to an auth.json file"
                    : path + " cannot be read (" + e + "): make it readable for this process";
            throw new AuthRequiredException("unreadable", advice);
        }
    }

    byte[] load() throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new IOException("not a file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new IOException("larger than " + LARGEST + " bytes");
            }
            return bytes;
        }
    }

    private String missing() {
        return "No Codex credentials: there is no file " + path + ". " + elsewhere()
                + "Sign in on this machine with `codex login`; if the CLI keeps its files in another folder, name that"
                + " folder in CODEX_HOME, or the file in the setting codex.auth-files";
    }

    /** The CLI may be configured to keep credentials outside the file, which then never appears. */
    private String elsewhere() {
        try {
            Matcher store = STORE.matcher(Files.readString(path.resolveSibling("config.toml")));
            return store.find()
                    ? "The CLI's config.toml there says cli_auth_credentials_store = \"" + store.group(1)
                            + "\": set it to \"file\" first. "
                    : "";
        } catch (IOException e) {
            return ""; // without that file there is no hint
        }
    }

    /** The path, for messages. */
    @Override
    public String toString() {
        return path.toString();
    }

    /** The pauses between two checks of a file or a lock. */
    @FunctionalInterface
    interface Pause {

        Pause REAL = length -> {
            try {
                Thread.sleep(length.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CredentialsUnavailableException("interrupted while waiting for the sign-in file or its lock");
            }
        };

        /**
         * Waits.
         *
         * @throws CredentialsUnavailableException when the thread is interrupted; its flag stays set
         */
        void sleep(Duration length);

        /** Tries until there is a result, at least once and up to a limit. */
        default <T, E extends Exception> Optional<T> poll(Duration patience, Attempt<T, E> attempt) throws E {
            for (Duration waited = Duration.ZERO; ; waited = waited.plus(STEP)) {
                Optional<T> result = attempt.once();
                if (result.isPresent() || waited.compareTo(patience) >= 0) {
                    return result;
                }
                sleep(STEP);
            }
        }

        /** One try; empty where another may succeed. */
        @FunctionalInterface
        interface Attempt<T, E extends Exception> {
            Optional<T> once() throws E;
        }
    }
}
