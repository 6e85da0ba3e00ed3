package dev.turnpike.shard;

/** Another instance has taken over the shard; its polls find what this one did not publish. */
public final class OwnershipLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OwnershipLostException(String transactionalId, Throwable cause) {
        super("Shard " + transactionalId + " was taken over by another instance", cause);
    }
}
