package dev.turnpike.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.events.Event;
import dev.turnpike.shard.Decision;
import dev.turnpike.usage.TurnRuns.TurnRunsProposal;
import dev.turnpike.usage.UsageComparison.UsageRules;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Usage that rises without a task, and weeks that end unused. */
class UnseenTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private Looks looks = new Looks(rules(Duration.ofHours(24), Duration.ZERO));

    private static UsageRules rules(Duration blindAfter, Duration unused) {
        return new UsageRules(List.of(), blindAfter, unused, 50);
    }

    /** Looks of one an hour at a month that rises by a percent each, from one hour to another; the alerts with their hour. */
    private List<String> rising(int from, int to) {
        List<String> alerts = new ArrayList<>();
        for (int hour = from; hour <= to; hour++) {
            alerts.addAll(look(hour, hour));
        }
        return alerts;
    }

    private List<String> look(int hour, int used) {
        List<String> alerts = new ArrayList<>();
        for (Event event : looks.look(hour + "h: monthly " + used + " @30d")) {
            Schemas.check(event);
            if (event.type().equals("upstream.blind")) {
                alerts.add(hour + "h " + event.data().path("rising_seconds").asLong() / 3600);
                assertThat(event.key()).isEqualTo("workspace/user");
            }
        }
        return alerts;
    }

    private void ran(Instant from, Instant to) {
        TurnRuns runs = new TurnRuns(Map.of("turn-1", new TurnRuns.Run("task_e_1", from, to)));
        looks.state().apply(Decision.of(List.of(), TurnRunsProposal.KIND.key("workspace/user"), runs));
    }

    @Test
    void usageThatRisesForADayWithoutATaskIsReportedOnce() {
        assertThat(rising(0, 24)).isEmpty();
        assertThat(rising(25, 60)).as("the first rise is that of hour 1").containsExactly("25h 24");
    }

    @Test
    void aTaskEndsTheEpisodeAndTheNextIsReportedAgain() {
        assertThat(rising(0, 20)).isEmpty();
        ran(
                Looks.START.plus(HOUR.multipliedBy(20)),
                Looks.START.plus(HOUR.multipliedBy(20)).plus(MINUTE));
        assertThat(rising(21, 45)).as("a task was seen 25 hours before").isEmpty();
        assertThat(rising(46, 60)).containsExactly("46h 24");
        ran(Looks.START.plus(HOUR.multipliedBy(61)), null);
        assertThat(rising(61, 65)).isEmpty();
        ran(
                Looks.START.plus(HOUR.multipliedBy(61)),
                Looks.START.plus(HOUR.multipliedBy(65)).plus(MINUTE));
        assertThat(rising(66, 95)).as("reported anew after a task").hasSize(1);
    }

    @Test
    void aTaskThatRunsAllTheTimeExplainsTheRise() {
        ran(Looks.START, null);
        assertThat(rising(0, 60)).isEmpty();
    }

    @Test
    void usageThatStandsStillForADayBeginsAnew() {
        assertThat(rising(0, 20)).isEmpty();
        List<String> alerts = new ArrayList<>();
        for (int hour = 21; hour < 44; hour++) {
            alerts.addAll(look(hour, 20));
        }
        alerts.addAll(look(44, 21));
        assertThat(alerts).as("24 hours after the last rise").isEmpty();
        assertThat(look(45, 22)).isEmpty();
    }

    @Test
    void aTimeWithoutLooksIsNoEvidence() {
        assertThat(rising(0, 20)).isEmpty();
        assertThat(look(25, 25)).isEmpty();
        assertThat(rising(26, 49)).isEmpty();
        assertThat(look(50, 50)).containsExactly("50h 24");
    }

    @Test
    void aTimeWithoutLooksIsNoEvidenceOfAnEndEither() {
        assertThat(rising(0, 25)).containsExactly("25h 24");
        assertThat(look(30, 30)).as("five hours without a look").isEmpty();
        assertThat(rising(31, 90)).as("still the episode that was reported").isEmpty();
    }

    @Test
    void whatWasReportedStaysSoWhenUsageStandsStillForADay() {
        assertThat(rising(0, 25)).containsExactly("25h 24");
        List<String> alerts = new ArrayList<>();
        for (int hour = 26; hour < 56; hour++) {
            alerts.addAll(look(hour, 25));
        }
        for (int hour = 56; hour < 90; hour++) {
            alerts.addAll(look(hour, hour - 30));
        }
        assertThat(alerts).as("no task was seen since").isEmpty();
    }

    @Test
    void zeroMeansNever() {
        looks = new Looks(rules(Duration.ZERO, Duration.ZERO));
        assertThat(rising(0, 60)).isEmpty();
    }

    private List<String> week(String... lines) {
        List<String> alerts = new ArrayList<>();
        for (String line : lines) {
            Looks.alerts(looks.look(line))
                    .forEach(alert -> alerts.add(line.substring(0, line.indexOf(':')) + " " + alert));
        }
        return alerts;
    }

    @Test
    void aWeekThatEndsUnusedIsReportedOnceInTime() {
        looks = new Looks(rules(Duration.ZERO, Duration.ofHours(24)));
        assertThat(week(
                        "0h: weekly 10 @3d",
                        "47h: weekly 12 @3d",
                        "48h: weekly 13 @3d",
                        "49h: weekly 14 @3d+30m",
                        "71h: weekly 14 @3d",
                        "73h: weekly 0 @10d",
                        "215h: weekly 50 @10d",
                        "216h: weekly 50 @10d",
                        "217h: weekly 50 @10d"))
                .containsExactly("48h weekly left 87", "73h weekly reset 14->0 by boundary", "216h weekly left 50");
    }

    @Test
    void aWeekThatIsUsedOrUnbegunAndOtherWindowsAreNotReported() {
        looks = new Looks(rules(Duration.ZERO, Duration.ofHours(24)));
        assertThat(week("0h: weekly 51 @12h", "1h: weekly 51 @12h")).isEmpty();
        looks = new Looks(rules(Duration.ZERO, Duration.ofHours(24)));
        assertThat(week("0h: weekly 0 rolling", "48h: weekly 0 rolling")).isEmpty();
        looks = new Looks(rules(Duration.ZERO, Duration.ofHours(24)));
        assertThat(week("0h: five_hour 1 @2h, monthly 1 @3h")).isEmpty();
        looks = new Looks();
        assertThat(week("0h: weekly 10 @12h")).as("off unless it is set").isEmpty();
    }

    @Test
    void aWildReadingOfZeroIsNotWhatIsLeft() {
        looks = new Looks(rules(Duration.ZERO, Duration.ofHours(24)));
        assertThat(week("0h: weekly 80 @12h", "1h: weekly 0 @12h", "2h: weekly 0 rolling", "3h: weekly 80 @12h"))
                .isEmpty();
    }
}
