/** The commands about tasks: straight to the API, without Kafka. */
package dev.turnpike.commandline.task;
