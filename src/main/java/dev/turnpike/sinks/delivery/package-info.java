/** What every sink needs: the event out of a Kafka record, offsets committed by hand, retries, pauses and dead letters. */
package dev.turnpike.sinks.delivery;
