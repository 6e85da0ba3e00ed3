package dev.turnpike.sinks.delivery;

/** A record that is not an event as the contract has it; the message names the record and what is wrong with it. */
public class MalformedEventException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedEventException(String message) {
        super(message);
    }
}
