package dev.turnpike.shard;

/** A transaction failed, and only reading the log shows whether it took effect. */
public final class CommitInDoubtException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommitInDoubtException(String transactionalId, Throwable cause) {
        super("The transaction of shard " + transactionalId + " failed: " + cause.getMessage(), cause);
    }
}
