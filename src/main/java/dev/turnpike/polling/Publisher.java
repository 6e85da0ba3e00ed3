package dev.turnpike.polling;

import dev.turnpike.events.Event;
import dev.turnpike.shard.Proposal;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last step of every poll: what was found becomes one Kafka transaction of the account's shard. */
public final class Publisher {
    private static final Logger log = LoggerFactory.getLogger(Publisher.class);

    /** The events that were published; empty where all of it was known already. */
    public List<Event> publish(@Body List<Proposal> proposals, @ExchangeProperty("account") WatchedAccount account) {
        List<Event> events = account.shard().publish(proposals);
        for (Event event : events) {
            log.debug("Published account={} type={} id={}", event.account(), event.type(), event.id());
        }
        return events;
    }
}
