package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.http.SandboxJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;

/** Writes the folder in which the real CLI finds its credentials. */
public final class CodexHome {
    private final Path folder;

    public CodexHome(Path folder) {
        this.folder = folder;
    }

    /** Writes {@code auth.json} as a sign-in would, replacing it in one step, readable by its owner alone. */
    public Path write(TokenIssuer.Tokens tokens, Instant now) throws IOException {
        ObjectNode file = SandboxJson.object().put("auth_mode", "chatgpt").putNull("OPENAI_API_KEY");
        file.putObject("tokens")
                .put("id_token", tokens.idToken())
                .put("access_token", tokens.accessToken())
                .put("refresh_token", tokens.refreshToken())
                .put("account_id", tokens.account().id);
        file.put("last_refresh", now.toString());
        Files.createDirectories(folder);
        Path fresh = Files.createTempFile(
                folder,
                ".auth-",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                fresh, SandboxJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(file));
        return Files.move(fresh, folder.resolve("auth.json"), StandardCopyOption.ATOMIC_MOVE);
    }
}
