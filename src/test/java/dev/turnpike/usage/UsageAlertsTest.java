package dev.turnpike.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.turnpike.events.Event;
import dev.turnpike.usage.UsagePoll.UsageProposal;
import dev.turnpike.usage.UsageReply.Limit;
import dev.turnpike.usage.UsageReply.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Sequences as they were met with the real service, and exactly what is to be reported after each look. */
class UsageAlertsTest {

    static Stream<Arguments> sequences() {
        return Stream.of(
                argumentSet("0 % with a rolling boundary is no reset", """
                        0m: weekly 60 @3d
                        1m: weekly 0 rolling
                        2m: weekly 0 rolling
                        3m: weekly 0 rolling
                        9m: weekly 0 rolling
                        10m: weekly 60 @3d
                        11m: weekly 61 @3d
                        12m: weekly 76 @3d
                        13m: weekly 76 @3d => weekly crossed 75
                        """),
                argumentSet("a zero ahead of its reset arms nothing for hours", """
                        0m: weekly 80 @6d => weekly crossed 75
                        1m: weekly 0 @6d
                        5h+50m: weekly 0 @6d
                        5h+51m: weekly 80 @6d
                        5h+53m: weekly 80 @6d
                        """),
                argumentSet("one wild reading neither alarms nor mutes", """
                        0m: weekly 3 @6d
                        1m: weekly 99 @6d
                        2m: weekly 3 @6d
                        2d: weekly 80 @6d => weekly crossed 75
                        2d+1h: weekly 92 @6d
                        2d+2h: weekly 92 @6d => weekly crossed 90; weekly forecast medium
                        2d+3h: weekly 96 @6d => weekly crossed 95
                        """),
                argumentSet("a wild reading of twice is believed for what both show, and a fall arms anew", """
                        0m: weekly 3 @6d
                        1m: weekly 99 @6d
                        2m: weekly 80 @6d => weekly crossed 75
                        3m: weekly 3 @6d
                        4m: weekly 3 @6d
                        5m: weekly 80 @6d
                        6m: weekly 80 @6d => weekly crossed 75
                        """),
                argumentSet("a rise in steps that are each as wild is believed step by step", """
                        0m: weekly 3 @6d
                        1m: weekly 78 @6d
                        2m: weekly 99 @6d => weekly crossed 75
                        3m: weekly 99 @6d => weekly crossed 95
                        """),
                argumentSet("wild readings every other minute are never believed", """
                        0m: weekly 3 @6d
                        1m: weekly 99 @6d
                        2m: weekly 3 @6d
                        3m: weekly 99 @6d
                        4m: weekly 3 @6d
                        5m: weekly 100 @6d
                        6m: weekly 4 @6d
                        """),
                argumentSet("a window that never had a reset time is reported again after it fell", """
                        0m: weekly 70 never
                        1m: weekly 76 never => weekly crossed 75
                        10d: weekly 0 never
                        10d+1m: weekly 0 never
                        10d+30m: weekly 0 never => weekly reset 76->0 by duration
                        17d: weekly 76 never => weekly crossed 75
                        """),
                argumentSet("a limit that upstream shows no more is free after half an hour", """
                        0m: blocked five_hour 8 @2h => codex reached
                        1m: none
                        2m: blocked five_hour 8 @2h
                        3m: none
                        20m: none
                        33m: none
                        34m: blocked five_hour 8 @2h => codex reached
                        """),
                argumentSet("0 % with an unchanged reset time is no reset", """
                        0m: weekly 92 @3d => weekly crossed 90
                        1m: weekly 0 @3d
                        5m: weekly 0 @3d
                        60m: weekly 0 @3d
                        61m: weekly 93 @3d
                        62m: weekly 95 @3d => weekly crossed 95
                        """),
                argumentSet(
                        "an early reset that leaves the reset time as it was is believed after half an hour of use",
                        """
                        0m: weekly 60 @6d
                        2h: weekly 69 @6d
                        4h: weekly 78 @6d => weekly crossed 75
                        4h+1m: weekly 1 @6d
                        4h+10m: weekly 2 @6d
                        4h+31m: weekly 3 @6d => weekly reset 78->3 early by duration
                        4h+40m: weekly 4 @6d
                        2d: weekly 76 @6d => weekly crossed 75
                        """),
                argumentSet("an early reset of an account that is not used is seen once it is used", """
                        0m: weekly 92 @6d => weekly crossed 90
                        1h: weekly 0 @6d
                        2h: weekly 0 @6d
                        2h+1m: weekly 1 @6d
                        2h+31m: weekly 1 @6d => weekly reset 92->1 early by duration
                        """),
                argumentSet("an early reset of an account that is not used is believed after six hours", """
                        0m: weekly 92 @6d => weekly crossed 90
                        1h: weekly 0 @6d
                        6h+59m: weekly 0 @6d
                        7h: weekly 0 @6d => weekly reset 92->0 early by duration
                        8h: weekly 0 @6d
                        """),
                argumentSet("some low readings under an unchanged reset time are no reset", """
                        0m: weekly 92 @6d => weekly crossed 90
                        60m: weekly 5 @6d
                        70m: weekly 6 @6d
                        89m: weekly 6 @6d
                        90m: weekly 92 @6d
                        91m: weekly 6 @6d
                        92m: weekly 92 @6d
                        100m: weekly 95 @6d => weekly crossed 95
                        """),
                argumentSet("a fall before the new boundary is shown is one reset", """
                        0m: five_hour 92 @1h => five_hour crossed 90
                        61m: five_hour 1 @1h
                        91m: five_hour 2 @1h
                        92m: five_hour 2 @6h => five_hour reset 92->2 by boundary
                        93m: five_hour 2 @6h
                        """),
                argumentSet("one transient zero with another boundary is no reset", """
                        0m: five_hour 80 @3h, weekly 40 @3d => five_hour crossed 75
                        1m: five_hour 0 @5h, weekly 0 @7d
                        2m: five_hour 81 @3h, weekly 40 @3d
                        """),
                argumentSet("a five-hour reset while the week is exhausted says so", """
                        0m: blocked five_hour 100 @1h, weekly 100 @3d => five_hour crossed 95; weekly crossed 95; codex reached ["five_hour","weekly"]
                        61m: blocked five_hour 0 @6h, weekly 100 @3d => five_hour reset 100->0 by boundary still blocked ["weekly"]
                        62m: blocked five_hour 0 @6h, weekly 100 @3d
                        3d+1m: five_hour 0 rolling, weekly 0 @10d => weekly reset 100->0 by boundary
                        """),
                argumentSet("a month in the primary place is a month", """
                        0m: monthly 91 @20d => monthly crossed 90
                        5h: monthly 92 @20d
                        7d: monthly 93 @20d
                        20d+1m: monthly 0 rolling => monthly reset 93->0 by boundary
                        """),
                argumentSet("a secondary window that is null for a while is no news", """
                        0m: five_hour 10 @2h, weekly 80 @3d => weekly crossed 75
                        1m: five_hour 10 @2h
                        2m: five_hour 10 @2h, weekly 81 @3d
                        """),
                argumentSet("no limit at all is no news", """
                        0m: weekly 80 @3d => weekly crossed 75
                        1m:
                        2m: weekly 80 @3d
                        """),
                argumentSet("blocked while the percent is low, reported again only after a minute of being free", """
                        0m: five_hour 8 @2h
                        1m: blocked five_hour 8 @2h => codex reached
                        2m: blocked five_hour 8 @2h
                        3m: five_hour 8 @2h
                        3m+30s: blocked five_hour 8 @2h
                        5m: five_hour 8 @2h
                        6m: five_hour 8 @2h
                        8m: blocked five_hour 8 @2h => codex reached
                        """),
                argumentSet("100 percent that is still allowed is not blocked", """
                        0m: five_hour 99 @2h => five_hour crossed 95
                        1m: five_hour 100 @2h
                        """),
                argumentSet("another account is another story", """
                        0m: weekly 92 @3d => weekly crossed 90
                        1m: account-b weekly 10 @5d
                        2m: weekly 93 @3d
                        3m: account-b weekly 76 @5d
                        4m: account-b weekly 76 @5d => weekly crossed 75
                        5m: weekly 93 @3d
                        """),
                argumentSet("an answer that was overtaken is not heard", """
                        0m: five_hour 96 @10m => five_hour crossed 95
                        11m: five_hour 1 @5h+10m => five_hour reset 96->1 by boundary
                        9m: five_hour 97 @10m
                        12m: five_hour 2 @5h+10m
                        8m: five_hour 60 @10m
                        13m: five_hour 75 @5h+10m
                        14m: five_hour 75 @5h+10m => five_hour crossed 75
                        """),
                argumentSet("a clock that is behind confirms by a second look", """
                        0m: five_hour 80 @10m => five_hour crossed 75
                        3m: five_hour 0 @5h+10m
                        4m: five_hour 1 @5h+10m => five_hour reset 80->1 early by second-look
                        """),
                argumentSet("a clock that is ahead resets nothing", """
                        10m: five_hour 80 @5m => five_hour crossed 75
                        11m: five_hour 81 @5m
                        12m: five_hour 3 @5h+5m => five_hour reset 81->3 by boundary
                        """),
                argumentSet("a clock put back by an hour deafens nobody", """
                        60m: five_hour 76 @2h => five_hour crossed 75
                        1m: five_hour 78 @2h
                        2m: five_hour 91 @2h
                        3m: five_hour 91 @2h => five_hour crossed 90
                        """),
                argumentSet("an early reset whose boundary stands still is believed at the second look", """
                        0m: weekly 92 @3d => weekly crossed 90
                        10m: weekly 0 @6d
                        10m+30s: weekly 0 @6d
                        11m: weekly 1 @6d => weekly reset 92->1 early by second-look
                        12m: weekly 90 @6d
                        13m: weekly 90 @6d => weekly crossed 90
                        """),
                argumentSet("an early reset of an account nobody uses is believed after half an hour", """
                        0m: weekly 70 @3d
                        10m: weekly 0 rolling
                        20m: weekly 0 rolling
                        30m: weekly 0 rolling
                        40m: weekly 0 rolling => weekly reset 70->0 early by duration
                        50m: weekly 0 rolling
                        """),
                argumentSet("a reset that was slept through is reported, and what is used already", """
                        0m: five_hour 92 @10m => five_hour crossed 90
                        3h: five_hour 91 @5h+10m => five_hour reset 92->91 by boundary; five_hour crossed 90
                        """),
                argumentSet("a window whose reset time was more than 35 days ago and stands still is known", """
                        0m: weekly 80 @-40d => weekly crossed 75
                        1m: weekly 80 @-40d
                        2m: five_hour 5 @2h
                        3m: weekly 80 @-40d => weekly crossed 75
                        """),
                argumentSet("a window that nobody uses never resets", """
                        0m: five_hour 0 rolling
                        6h: five_hour 0 rolling
                        12h: five_hour 0 rolling
                        """),
                argumentSet("boundaries that tremble are the same", """
                        0m: weekly 92 @3d => weekly crossed 90
                        1m: weekly 92 @3d+30s
                        2m: weekly 92 @3d-25s
                        3m: weekly 92 @3d+59s
                        """),
                argumentSet("a boundary that creeps on under the same use re-arms nothing", """
                        0m: weekly 92 @3d => weekly crossed 90
                        10m: weekly 92 @3d+10m
                        20m: weekly 91 @3d+20m
                        30m: weekly 92 @3d+30m
                        """),
                argumentSet("a steady pace that is too fast is forecast once, and not again after a pause", """
                        0m: five_hour 0 @5h
                        10m: five_hour 5 @5h
                        20m: five_hour 10 @5h
                        22m: five_hour 11 @5h
                        26m: five_hour 13 @5h => five_hour forecast medium
                        40m: five_hour 20 @5h
                        80m: five_hour 20 @5h
                        100m: five_hour 20 @5h
                        110m: five_hour 40 @5h
                        116m: five_hour 50 @5h
                        122m: five_hour 60 @5h
                        """),
                argumentSet("a burst that ends is not forecast", """
                        0m: five_hour 5 @4h
                        10m: five_hour 25 @4h
                        15m: five_hour 25 @4h
                        30m: five_hour 25 @4h
                        60m: five_hour 25 @4h
                        """),
                argumentSet("use that lasts until the reset is not forecast", """
                        0m: five_hour 0 @5h
                        30m: five_hour 9 @5h
                        60m: five_hour 19 @5h
                        90m: five_hour 28 @5h
                        150m: five_hour 47 @5h
                        """));
    }

    @ParameterizedTest
    @MethodSource("sequences")
    void alertsAreExactlyThese(String sequence) {
        Looks looks = new Looks();
        List<String> expected = new ArrayList<>();
        List<String> reported = new ArrayList<>();
        sequence.lines().forEach(line -> {
            String[] sides = line.split(" => ", 2);
            List<Event> events = looks.look(sides[0]);
            expected.add(line);
            List<String> alerts = Looks.alerts(events);
            reported.add(alerts.isEmpty() ? sides[0] : sides[0] + " => " + String.join("; ", alerts));
        });
        assertThat(reported).isEqualTo(expected);
    }

    /** Each backend has its own percentage and, in the last two, its own reset time. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "weekly 95 @6d; weekly 5 @6d",
                "weekly 5 @6d; weekly 95 @6d",
                "weekly 95 @6d; weekly 60 @6d",
                "weekly 95 @6d; weekly 0 @6d",
                "weekly 95 @6d; weekly 5 @4d",
                "weekly 5 @4d; weekly 95 @6d",
                "weekly 95 @6d; weekly 60 @4d",
                "blocked weekly 100 @6d; weekly 5 @4d",
                "blocked weekly 100 @6d; none"
            })
    void backendsThatContradictEachOtherAlarmAFewTimesOnly(String one, String other) {
        for (int minutes : List.of(1, 2, 3, 5, 10, 20, 29)) {
            Looks looks = new Looks();
            List<String> alerts = new ArrayList<>();
            for (int minute = 0; minute < 120 + 240; minute++) {
                boolean first = minute < 120 || (minute - 120) / minutes % 2 == 1;
                alerts.addAll(Looks.alerts(looks.look(minute + "m: " + (first ? one : other))));
            }
            assertThat(alerts).as("every " + minutes + " minutes").hasSizeLessThanOrEqualTo(5);
        }
    }

    @Test
    void limitsUnderEverNewNamesAreForgottenBeforeTheRecordIsTooLarge() {
        Looks looks = new Looks();
        for (int minute = 0; minute < 300; minute++) {
            Window window = new Window("weekly", 604800, 40, null);
            Limit main = new Limit("codex", null, true, false, List.of(window));
            Limit other = new Limit("feature-" + minute, null, true, false, List.of(window));
            UsageReply reply = new UsageReply("pro", List.of(main, other), null, null, null, null, List.of());
            looks.look("workspace/user", reply, Looks.START.plusSeconds(60L * minute));
        }

        assertThat(looks.state().get(UsageProposal.KIND.key("workspace/user")))
                .hasValueSatisfying(known -> assertThat(known.windows())
                        .hasSizeBetween(3, 70)
                        .containsKeys("codex|weekly", "feature-299|weekly", "feature-298|weekly"));
    }

    @Test
    void usageIsReportedOnChangeAndHourlyAndNotForTremblingBoundaries() {
        Looks looks = new Looks();
        List<String> reported = new ArrayList<>();
        for (String line : List.of(
                "0m: weekly 10 @3d",
                "1m: weekly 10 @3d+20s",
                "2m: weekly 10 @3d-20s",
                "3m: weekly 11 @3d",
                "62m: weekly 11 @3d",
                "63m: weekly 11 @3d+5m",
                "64m: blocked weekly 11 @3d+5m",
                "65m: five_hour 0 rolling, weekly 11 @3d+5m",
                "66m: five_hour 0 rolling, weekly 11 @3d+5m")) {
            looks.look(line).stream()
                    .filter(event -> event.type().equals("usage.observed"))
                    .forEach(event -> reported.add(line));
        }
        assertThat(reported)
                .containsExactly(
                        "0m: weekly 10 @3d",
                        "3m: weekly 11 @3d",
                        "62m: weekly 11 @3d",
                        "63m: weekly 11 @3d+5m",
                        "64m: blocked weekly 11 @3d+5m",
                        "65m: five_hour 0 rolling, weekly 11 @3d+5m");
    }
}
