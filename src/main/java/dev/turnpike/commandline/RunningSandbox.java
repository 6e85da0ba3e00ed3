package dev.turnpike.commandline;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/** A stand-in that answers. */
interface RunningSandbox extends AutoCloseable {

    /** For {@code codex.base-url}. */
    URI baseUri();

    /** For {@code codex.token-url}. */
    URI tokenUri();

    /** For {@code codex.threads-url}. */
    URI threadsUri();

    /** Writes an {@code auth.json} that the stand-in accepts. */
    void writeCodexHome(Path folder) throws IOException;

    @Override
    void close();
}
