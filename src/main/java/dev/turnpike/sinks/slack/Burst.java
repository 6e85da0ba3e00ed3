package dev.turnpike.sinks.slack;

import dev.turnpike.sinks.delivery.DeadLetter;
import dev.turnpike.sinks.delivery.HandCommit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The records of one poll, until the last of them is there. */
final class Burst {
    private final List<Polled> polled = new ArrayList<>();
    private final List<DeadLetter> refused = new ArrayList<>();
    private Instant polledAt;
    private HandCommit first;

    /** What an earlier consumer left unfinished is dropped: its records come again. */
    void add(Polled record, DeadLetter letter, Instant now) {
        if (first == null || !first.sameConsumer(record.commit())) {
            clear();
            first = record.commit();
            polledAt = now;
        }
        polled.add(record);
        if (letter != null) {
            refused.add(letter);
        }
    }

    /** The burst on its way to Slack; the next record begins another. */
    SlackDelivery close() {
        List<Post> posts = Posts.of(List.copyOf(polled));
        int settled = posts.stream().mapToInt(post -> post.settles().size()).sum();
        SlackDelivery delivery = new SlackDelivery(polledAt, posts, polled.subList(settled, polled.size()), refused);
        clear();
        return delivery;
    }

    private void clear() {
        polled.clear();
        refused.clear();
        first = null;
    }
}
