/**
 * Commands from Kafka: read, checked, carried out at most once, replied to. The topic, its log and its replies are one
 * transaction; calls to Codex go through the routes.
 */
package dev.turnpike.commands;
