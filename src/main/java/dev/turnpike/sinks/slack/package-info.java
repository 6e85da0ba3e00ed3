/** Slack messages: Block Kit, one thread per task, digests. */
package dev.turnpike.sinks.slack;
