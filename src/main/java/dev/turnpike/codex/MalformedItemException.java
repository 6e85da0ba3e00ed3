package dev.turnpike.codex;

/**
 * One item of a reply that cannot be used: the others of the same reply still can. The message names what is wrong and
 * never repeats the item's content.
 */
public class MalformedItemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedItemException(String message) {
        super(message);
    }
}
