package dev.turnpike.polling;

/** How soon the next poll of an account's tasks should follow one that went well. */
public enum NextPoll {
    /** There was more to do than there was time. */
    AT_ONCE,
    /** A page could not be read, or a call about a task failed that is to be made again in a moment. */
    SOON,
    /** A task runs, or something about one is still to be read. */
    ACTIVE,
    IDLE
}
