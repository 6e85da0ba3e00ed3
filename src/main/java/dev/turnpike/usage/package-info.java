/**
 * How much of an account's limits is used: reading it, comparing it with what is known, and reporting what changed. Every
 * decision is a pure function of what is known, what was seen and when, so that it can be asked again against the
 * committed state.
 */
package dev.turnpike.usage;
