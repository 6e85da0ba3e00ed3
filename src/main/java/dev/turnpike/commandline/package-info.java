/** What a person types: {@code run}, {@code sandbox}, {@code doctor} and the others. */
package dev.turnpike.commandline;
