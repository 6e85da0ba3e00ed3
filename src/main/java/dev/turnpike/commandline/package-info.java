/** What a person types: {@code run}, {@code sandbox}, {@code doctor}, and what they then see. */
package dev.turnpike.commandline;
