/** What has to be in place before Turnpike can work, looked at piece by piece, with advice for what is not. */
package dev.turnpike.doctor;
