package dev.turnpike.sinks.delivery;

import java.time.Duration;

/**
 * What all kinds of sinks can be set to.
 *
 * @param filter which events it wants
 * @param startFrom where it begins when it is new
 * @param giveUpAfter how long a receiver that fails is tried with one event
 */
public record SinkOptions(SinkFilter filter, StartFrom startFrom, Duration giveUpAfter) {}
