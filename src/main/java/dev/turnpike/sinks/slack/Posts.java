package dev.turnpike.sinks.slack;

import dev.turnpike.sinks.delivery.DeliveredEvent;
import java.util.ArrayList;
import java.util.List;

/** Divides a burst into posts. It is made of what has been polled already; nothing ever waits for more to come. */
final class Posts {
    /** So many events at once become a digest. */
    static final int DIGEST = 5;

    static List<Post> of(List<Polled> burst) {
        List<DeliveredEvent> wanted = wanted(burst);
        if (wanted.size() < DIGEST) {
            return singles(burst);
        }
        List<Post> posts = new ArrayList<>();
        int from = 0;
        for (List<DeliveredEvent> group : DigestMessage.groups(wanted)) {
            int end = from;
            for (int left = group.size(); left > 0; end++) {
                left -= burst.get(end).event() == null ? 0 : 1;
            }
            posts.add(new Post(group, burst.subList(from, end)));
            from = end;
        }
        return posts;
    }

    /** A post for each event. */
    static List<Post> singles(List<Polled> burst) {
        List<Post> posts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < burst.size(); i++) {
            if (burst.get(i).event() != null) {
                posts.add(new Post(List.of(burst.get(i).event()), burst.subList(from, i + 1)));
                from = i + 1;
            }
        }
        return posts;
    }

    private static List<DeliveredEvent> wanted(List<Polled> burst) {
        return burst.stream()
                .filter(polled -> polled.event() != null)
                .map(Polled::event)
                .toList();
    }

    private Posts() {}
}
