package dev.turnpike.polling;

import java.time.Duration;

/**
 * How task pages are walked.
 *
 * @param pageSize tasks per page
 * @param sweep time from the beginning of one round through the older pages to that of the next
 * @param sweepAge how far back that round goes
 * @param fromBeginning whether the history is published at first contact
 * @param details whether details of ended turns are fetched
 */
public record WalkSettings(int pageSize, Duration sweep, Duration sweepAge, boolean fromBeginning, boolean details) {}
