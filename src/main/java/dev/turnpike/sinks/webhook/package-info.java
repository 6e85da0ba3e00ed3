/** Signed webhooks after Standard Webhooks 1.0. */
package dev.turnpike.sinks.webhook;
