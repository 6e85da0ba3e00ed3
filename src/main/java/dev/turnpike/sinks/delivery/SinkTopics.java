package dev.turnpike.sinks.delivery;

import dev.turnpike.events.DeadLetterHeaders;

/**
 * The topics sinks read and write.
 *
 * @param prefix setting {@code topics.prefix}, {@code codex.} by default
 */
public record SinkTopics(String prefix) {

    public String turns() {
        return prefix + "turns";
    }

    public String alerts() {
        return prefix + "alerts";
    }

    /** Records handed to one sink once more. */
    public String redeliveries() {
        return prefix + "redeliveries";
    }

    /** Records a sink could not deliver. */
    public String deadLetters() {
        return prefix + "dead-letters";
    }

    /** Slack's message times, by sink, channel and task. */
    public String threads() {
        return prefix + "threads";
    }

    /** What sinks must not forget, by sink. */
    public String sinkState() {
        return prefix + "sink-state";
    }

    /** Observations of usage, for sinks that ask for them. */
    public String usage() {
        return prefix + "usage";
    }

    /** A sink's consumer group; with the prefix, so that two installations on one cluster are two. */
    public String group(String sink) {
        return prefix + "turnpike-" + sink;
    }

    /** False for a redelivery to another sink. */
    public boolean addressed(SinkRecord record, String sink) {
        return !record.origin().topic().equals(redeliveries()) || sink.equals(record.header(DeadLetterHeaders.SINK));
    }
}
