/**
 * What a user can set. One catalogue drives the reading of {@code application.properties}, environment and command
 * line, the checks, and the messages about what is wrong.
 */
package dev.turnpike.settings;
