package dev.turnpike.sandbox.http;

/** How a reply goes over the wire. */
public enum Delivery {
    /** As it should. */
    WHOLE,
    /** Half of the announced body, then the connection is closed. */
    TRUNCATED,
    /** A byte at a time with a pause after each. */
    DRIPPING,
    /** The body, then padding for as long as anybody reads it. */
    ENDLESS,
    /** Half of the announced body, then silence on an open connection. */
    STALLED,
    /** Not a byte, on an open connection. */
    HUNG,
    /** A TCP reset instead of a reply. */
    RESET
}
