package dev.turnpike.sinks.delivery;

import java.util.List;

/** Where a sink's events go. */
public interface Receiver {

    /** Events in one delivery: 1, or more where several go out together. */
    default int most() {
        return 1;
    }

    /** How many of these events, from the first on, make one delivery; asked where there may be more than one. */
    default int together(List<DeliveredEvent> ready) {
        return 1;
    }

    /**
     * Makes one attempt, and returns when the receiver has accepted all of them.
     *
     * @throws InterruptedException when the sink is stopping
     * @throws Exception which {@link #failure} explains
     */
    void deliver(List<DeliveredEvent> events) throws Exception;

    /** What a failed attempt says about the record and the receiver. */
    Failure failure(Exception exception);
}
