package dev.turnpike.sinks.delivery;

/** A record that is given back to Kafka undelivered, to be read and tried again; an event of everyday, without a trace. */
public class HeldException extends Exception {
    private static final long serialVersionUID = 1L;

    public HeldException(String message) {
        super(message, null, false, false);
    }
}
