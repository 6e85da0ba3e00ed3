package dev.turnpike.commands;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.call.CodexClient;

/** Calls upstream with the client that everything calls with. */
public final class RouteCalls implements CodexCalls {
    private final CodexClient codex;

    public RouteCalls(CodexClient codex) {
        this.codex = codex;
    }

    @Override
    public Reply call(CodexRequest request) {
        CodexClient.Reply reply = codex.call(request);
        return new Reply(reply.json(), reply.date());
    }
}
