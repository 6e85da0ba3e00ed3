/** Puts the configured sinks together with the route templates in {@code routes/}. */
package dev.turnpike.sinks;
