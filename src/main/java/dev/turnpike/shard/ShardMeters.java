package dev.turnpike.shard;

import dev.turnpike.events.Event;
import dev.turnpike.events.Form;
import java.util.List;

/** What a shard reports of its work, for metrics. */
public interface ShardMeters {

    /** For whoever does not measure. */
    ShardMeters NONE = new ShardMeters() {
        @Override
        public void committed(List<Event> events) {}

        @Override
        public void failed(String outcome) {}

        @Override
        public void reduced(Event event, Form form) {}
    };

    /** A transaction with these events, possibly none, took effect. */
    void committed(List<Event> events);

    /** A transaction did not, or may not have taken effect: {@code doubtful}, {@code fenced} or {@code refused}. */
    void failed(String outcome);

    /** An event that was too large for Kafka has gone out in a smaller form. */
    void reduced(Event event, Form form);
}
