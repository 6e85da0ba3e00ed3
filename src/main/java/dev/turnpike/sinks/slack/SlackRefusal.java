package dev.turnpike.sinks.slack;

/** Slack's own word for why it refuses a call, such as {@code invalid_blocks}, and what it says about that. */
final class SlackRefusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final String word;

    /** @param details empty where there are none */
    SlackRefusal(String word, String details) {
        super(details.isEmpty() ? word : word + ": " + details, null, false, false);
        this.word = word;
    }

    String word() {
        return word;
    }
}
