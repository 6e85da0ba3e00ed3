package dev.turnpike.polling;

import dev.turnpike.credentials.Bearer;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.Credentials.RefreshMode;
import dev.turnpike.credentials.Identity;

/** Credentials that are as a test wants them. */
public final class CredentialsForTests implements Credentials {
    public static final Identity ALICE = new Identity("workspace-1/alice", "pro");

    private volatile Identity identity = ALICE;
    private volatile RuntimeException problem;
    private volatile boolean isRetryDue = true;

    public void belongTo(Identity other) {
        identity = other;
    }

    /** Fails from now on; null for no longer. */
    public void fail(RuntimeException failure) {
        problem = failure;
    }

    public void isRetryDue(boolean now) {
        isRetryDue = now;
    }

    @Override
    public Identity identity() {
        if (problem != null) {
            throw problem;
        }
        return identity;
    }

    @Override
    public Bearer bearer() {
        return new Bearer("token", "workspace-1", false, null);
    }

    @Override
    public Bearer reread(Bearer refused) {
        return refused;
    }

    @Override
    public Bearer refresh(Bearer refused) {
        return refused;
    }

    @Override
    public void refused(Bearer last) {
        // they go on as the test wants them
    }

    @Override
    public void close() {
        // nothing to save
    }

    @Override
    public boolean isRetryDue() {
        return isRetryDue;
    }

    @Override
    public Credentials.Status status() {
        return new Credentials.Status("a test", RefreshMode.SHARED, null, null);
    }
}
