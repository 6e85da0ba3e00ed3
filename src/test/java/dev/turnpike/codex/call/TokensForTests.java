package dev.turnpike.codex.call;

import dev.turnpike.credentials.Bearer;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.Credentials.RefreshMode;
import dev.turnpike.credentials.Identity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/** Credentials that write down what they are asked for. */
final class TokensForTests implements Credentials {
    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final Bearer first;
    private final UnaryOperator<Bearer> reread;
    private final UnaryOperator<Bearer> refresh;

    TokensForTests(Bearer first, UnaryOperator<Bearer> reread, UnaryOperator<Bearer> refresh) {
        this.first = first;
        this.reread = reread;
        this.refresh = refresh;
    }

    static TokensForTests of(String token) {
        return new TokensForTests(
                new Bearer(token, "workspace-1", false, null),
                refused -> new Bearer(refused.token() + "-reread", "workspace-1", false, null),
                refused -> new Bearer(refused.token() + "-refreshed", "workspace-1", false, null));
    }

    @Override
    public Identity identity() {
        return new Identity("workspace-1/user-1", "plus");
    }

    @Override
    public Bearer bearer() {
        asked.add("bearer");
        return first;
    }

    @Override
    public Bearer reread(Bearer refused) {
        asked.add("reread " + refused.token());
        return reread.apply(refused);
    }

    @Override
    public Bearer refresh(Bearer refused) {
        asked.add("refresh " + refused.token());
        return refresh.apply(refused);
    }

    @Override
    public void refused(Bearer last) {
        asked.add("refused " + last.token());
    }

    @Override
    public void close() {
        // nothing to save
    }

    @Override
    public boolean isRetryDue() {
        return true;
    }

    @Override
    public Credentials.Status status() {
        return new Credentials.Status("a test", RefreshMode.SHARED, null, null);
    }
}
