package dev.turnpike.shard;

/** Kafka rejects one of the records of a transaction permanently, for example as too large; nothing of the transaction was written. */
public final class RecordRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int event;

    /** For the event at this place among those of the transaction. */
    RecordRefusedException(int event, Throwable cause) {
        super("Kafka rejected event " + event + " of the transaction: " + cause.getMessage(), cause);
        this.event = event;
    }

    /** Its place among the events of the transaction, from 0. */
    public int event() {
        return event;
    }
}
