package dev.turnpike.commands;

/** A record of the commands' topic that is no command; the message says what is wrong with it. */
final class MalformedCommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient CommandKey key;
    private final String reason;
    private final String expected;

    /**
     * @param key null where the record has no usable id, so that nobody can be answered
     * @param reason {@code malformed} or {@code unsupported}
     * @param expected what would be right, null where nothing would
     */
    MalformedCommandException(CommandKey key, String reason, String detail, String expected) {
        super(detail);
        this.key = key;
        this.reason = reason;
        this.expected = expected;
    }

    CommandKey key() {
        return key;
    }

    String reason() {
        return reason;
    }

    String expected() {
        return expected;
    }
}
