package dev.turnpike.sinks.slack;

import dev.turnpike.sinks.delivery.DeadLetter;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What is left to do of a burst; the route asks it whether there is more. */
public final class SlackDelivery {
    private final Instant polledAt;
    private final Deque<Post> posts;
    private final Deque<SlackCall> calls = new ArrayDeque<>();
    private final List<Polled> settled = new ArrayList<>();
    private final List<Polled> rest;
    private final List<DeadLetter> refused;
    private boolean opened;
    private boolean over;

    /**
     * A burst on its way.
     *
     * @param rest what is settled after the last post
     * @param refused dead letters to be written before anything is settled
     */
    SlackDelivery(Instant polledAt, List<Post> posts, List<Polled> rest, List<DeadLetter> refused) {
        this.polledAt = polledAt;
        this.posts = new ArrayDeque<>(posts);
        this.rest = List.copyOf(rest);
        this.refused = new ArrayList<>(refused);
    }

    /** Whether the route has to go round once more. */
    public boolean isPending() {
        return !over;
    }

    /** Whether something is to be posted in this round. */
    public boolean isPosting() {
        return !posts.isEmpty();
    }

    Instant polledAt() {
        return polledAt;
    }

    Post post() {
        return posts.getFirst();
    }

    /** The next call of the present post. */
    SlackCall call(Calls planner) {
        if (!opened) {
            calls.addAll(planner.of(post()));
            opened = true;
        }
        return calls.getFirst();
    }

    SlackCall call() {
        return calls.getFirst();
    }

    /** The present call is done; with the last one the post is. Returns whether it was the last. */
    boolean called() {
        calls.removeFirst();
        if (calls.isEmpty()) {
            close();
            return true;
        }
        return false;
    }

    /** The present post's calls are to be found anew. */
    void reopen() {
        calls.clear();
        opened = false;
    }

    /** The present post is told in others' place. */
    void replace(List<Post> others) {
        reopen();
        posts.removeFirst();
        for (int i = others.size() - 1; i >= 0; i--) {
            posts.addFirst(others.get(i));
        }
    }

    /** The present post is given up. */
    void refuse(List<DeadLetter> letters) {
        refused.addAll(letters);
        close();
    }

    List<DeadLetter> refused() {
        return List.copyOf(refused);
    }

    /** The records to commit now; to be called when the dead letters are written. */
    List<Polled> settle() {
        refused.clear();
        List<Polled> now = new ArrayList<>(settled);
        settled.clear();
        if (posts.isEmpty()) {
            now.addAll(rest);
            over = true;
        }
        return now;
    }

    private void close() {
        settled.addAll(post().settles());
        reopen();
        posts.removeFirst();
    }
}
