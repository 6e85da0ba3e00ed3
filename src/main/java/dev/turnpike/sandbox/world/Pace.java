package dev.turnpike.sandbox.world;

import java.time.Duration;

/**
 * How busy the world is.
 *
 * @param betweenTasks mean time from one new task to the next; null for none at all
 * @param shortestRun the shortest time an attempt takes
 * @param longestRun the longest time an attempt takes
 * @param followUps the probability that a turn that has ended is followed up
 * @param atOnce of the follow-ups, the share that comes in the same instant as the end
 * @param opening number of tasks created together at first, which end shortly after each other
 */
public record Pace(
        Duration betweenTasks,
        Duration shortestRun,
        Duration longestRun,
        double followUps,
        double atOnce,
        int opening) {

    public Pace {
        if (longestRun.compareTo(shortestRun) < 0 || shortestRun.isNegative()) {
            throw new IllegalArgumentException(
                    "run time: from " + shortestRun + " to " + longestRun + " is not a range");
        }
        if (betweenTasks != null && (betweenTasks.isNegative() || betweenTasks.isZero())) {
            throw new IllegalArgumentException("time between tasks: " + betweenTasks + " is not above zero");
        }
        if (!(followUps >= 0 && followUps <= 1 && atOnce >= 0 && atOnce <= 1)) {
            throw new IllegalArgumentException(
                    "follow-ups: probabilities " + followUps + " and " + atOnce + " are not between 0 and 1");
        }
    }

    /** Nothing happens by itself, but tasks that are posted run and end. */
    public static Pace quiet() {
        return new Pace(null, Duration.ofSeconds(2), Duration.ofSeconds(6), 0, 0, 0);
    }

    /** For demonstrations: the first events come soon. */
    public static Pace demo() {
        return new Pace(Duration.ofSeconds(6), Duration.ofSeconds(3), Duration.ofSeconds(30), 0.25, 0.3, 4);
    }

    /** For tests with many turns in little time. */
    public static Pace busy() {
        return new Pace(Duration.ofMillis(300), Duration.ofMillis(100), Duration.ofSeconds(3), 0.35, 0.5, 0);
    }

    /** The pace of that name: quiet, demo or busy. */
    public static Pace named(String name) {
        return switch (name) {
            case "quiet" -> quiet();
            case "demo" -> demo();
            case "busy" -> busy();
            default -> throw new IllegalArgumentException("pace: '" + name + "' is none of quiet, demo, busy");
        };
    }

    public Pace withBetweenTasks(Duration mean) {
        return new Pace(mean, shortestRun, longestRun, followUps, atOnce, opening);
    }

    public Pace withRuns(Duration shortest, Duration longest) {
        return new Pace(betweenTasks, shortest, longest, followUps, atOnce, opening);
    }

    public Pace withFollowUps(double probability, double shareAtOnce) {
        return new Pace(betweenTasks, shortestRun, longestRun, probability, shareAtOnce, opening);
    }
}
