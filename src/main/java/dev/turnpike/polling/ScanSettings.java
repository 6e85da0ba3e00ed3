package dev.turnpike.polling;

import java.time.Duration;

/**
 * How the task list is scanned.
 *
 * @param pageSize tasks per page
 * @param sweep time from the beginning of one round through the older pages to that of the next
 * @param sweepAge how far back that round goes
 * @param fromBeginning whether the history is published at first contact
 * @param details whether details of ended turns are fetched
 * @param budget how long one poll may take; the next one goes on where it stopped
 * @param concurrency calls at a time per account
 * @param askAfter how long an open task may be out of the list's sight before it is asked for
 */
public record ScanSettings(
        int pageSize,
        Duration sweep,
        Duration sweepAge,
        boolean fromBeginning,
        boolean details,
        Duration budget,
        int concurrency,
        Duration askAfter) {}
