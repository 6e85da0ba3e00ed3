/**
 * Commands from Kafka: read, checked, carried out at most once, answered. The topic, its log and its replies are one
 * transaction; what a command asks of Codex goes through the routes.
 */
package dev.turnpike.commands;
