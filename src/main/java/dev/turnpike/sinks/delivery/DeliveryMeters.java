package dev.turnpike.sinks.delivery;

/**
 * What the sinks tell of their work, for metrics. Everything is counted by event, so that the numbers stand beside those
 * of the topics: a digest counts once for each event in it. A try has one of these outcomes and no other.
 */
public interface DeliveryMeters {

    /** The receiver has them. */
    void delivered(String sink, int events);

    /** They did not get through this time and stay to be delivered: in another try, another form, or after the next start. */
    void failed(String sink, int events);

    /** They are given up and in the dead letters; some were never tried, since they are no events. */
    void deadLettered(String sink, int events);
}
