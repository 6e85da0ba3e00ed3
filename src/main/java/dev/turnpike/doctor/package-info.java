/** Checks of everything that Turnpike needs, with advice for what fails. */
package dev.turnpike.doctor;
