/** What a person reads: a terminal's screen, tables and lines, and the log. */
package dev.turnpike.commandline.output;
