/** Turnpike: Codex cloud accounts as Kafka event streams. */
package dev.turnpike;
