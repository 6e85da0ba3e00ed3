package dev.turnpike.sandbox.world;

/** A task, turn, account or environment was asked for that this world does not have. */
public class UnknownThingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnknownThingException(String what, String id) {
        super("no such " + what + ": " + id);
    }
}
