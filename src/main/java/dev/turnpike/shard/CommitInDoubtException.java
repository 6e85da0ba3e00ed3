package dev.turnpike.shard;

/** A transaction failed in a way that leaves open whether it took effect: only reading the log decides. */
public final class CommitInDoubtException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommitInDoubtException(String transactionalId, Throwable cause) {
        super("The transaction of shard " + transactionalId + " failed: " + cause.getMessage(), cause);
    }
}
