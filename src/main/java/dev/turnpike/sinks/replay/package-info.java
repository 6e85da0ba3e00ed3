/** Lists what sinks could not deliver, and hands records to one sink once more. */
package dev.turnpike.sinks.replay;
