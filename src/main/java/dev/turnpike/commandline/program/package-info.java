/** What every command works with: settings, streams, exit codes, and how runtime and sandbox are started and stopped. */
package dev.turnpike.commandline.program;
