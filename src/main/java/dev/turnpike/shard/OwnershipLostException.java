package dev.turnpike.shard;

/** Another instance has taken the shard over; whatever this one still wanted to write is that one's to find again. */
public final class OwnershipLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OwnershipLostException(String transactionalId, Throwable cause) {
        super("Shard " + transactionalId + " was taken over by another instance", cause);
    }
}
