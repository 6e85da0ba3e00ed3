package dev.turnpike.sinks.slack;

/** Slack answered, and its answer is no; the message is Slack's own word for it, such as {@code invalid_blocks}. */
class SlackRefusal extends Exception {
    private static final long serialVersionUID = 1L;

    SlackRefusal(String word) {
        super(word, null, false, false);
    }
}
