package dev.turnpike.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.events.Event;
import dev.turnpike.usage.UsagePoll.UsageProposal;
import dev.turnpike.usage.UsageReply.Limit;
import dev.turnpike.usage.UsageReply.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever upstream says, and with a restart after every look. */
@Tag("thorough")
class UsageEpisodesTest {
    private static final int LENGTH = 18000;

    /**
     * One look.
     *
     * @param step seconds since the look before, now and then backwards
     * @param boundary seconds from the look to the reset it shows
     */
    record Step(int step, int used, int boundary, boolean absolute, boolean blocked) {}

    @Provide
    Arbitrary<List<Step>> anything() {
        Arbitrary<Integer> steps = Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.integers().between(20, 120)),
                Tuple.of(1, Arbitraries.integers().between(600, 20000)),
                Tuple.of(1, Arbitraries.integers().between(-900, 0)));
        Arbitrary<Integer> used = Arbitraries.oneOf(
                Arbitraries.of(0, 74, 75, 89, 90, 95, 100),
                Arbitraries.integers().between(0, 100));
        Arbitrary<Integer> boundary = Arbitraries.oneOf(
                Arbitraries.of(LENGTH),
                Arbitraries.of(0, 3600, 7200, 40000),
                Arbitraries.integers().between(-90, 20000));
        return Combinators.combine(
                        steps, used, boundary, Arbitraries.of(true, true, false), Arbitraries.of(true, false, false))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }

    @Property(tries = 120)
    void anAlertOfAKindIsReportedOncePerEpisode(@ForAll("anything") List<Step> steps) {
        Looks looks = new Looks();
        int highest = 0;
        int forecasts = 0;
        Instant lowSince = null;
        int lowUsed = 0;
        boolean reached = false;
        boolean freeSeen = false;
        Set<String> ids = new HashSet<>();
        Instant at = Looks.START;
        for (Step step : steps) {
            at = at.plusSeconds(step.step());
            KnownUsage before =
                    looks.state().get(UsageProposal.KIND.key("workspace/user")).orElse(KnownUsage.NOTHING);
            List<Event> reported = look(looks, step, at);
            boolean overtaken =
                    at.isBefore(before.at()) && !at.isBefore(before.at().minusSeconds(600));
            KnownWindow known = looks.known("five_hour");
            if (!overtaken && known.doubt() == null) {
                // ten percent and more below what is believed, for a minute at least; of zero ahead of its reset, for
                // six hours
                KnownWindow was = before.windows().get("codex|five_hour");
                if (was == null || step.used() > was.peak() - 10) {
                    lowSince = null;
                } else {
                    boolean goesOn = lowSince != null && !at.isBefore(lowSince) && (lowUsed > 0 || step.used() == 0);
                    lowSince = goesOn ? lowSince : at;
                    lowUsed = step.used();
                    boolean ahead = known.resetsAt() != null && known.resetsAt().isAfter(at);
                    if (!at.isBefore(lowSince.plusSeconds(step.used() == 0 && ahead ? 6 * 3600 : 60))) {
                        highest = Math.min(
                                highest, step.used() >= 95 ? 95 : step.used() >= 90 ? 90 : step.used() >= 75 ? 75 : 0);
                        forecasts = 0;
                    }
                }
            }
            for (Event event : reported) {
                assertThat(ids.add(event.id())).as(event.id()).isTrue();
                switch (event.type()) {
                    case "usage.reset" -> {
                        highest = 0;
                        forecasts = 0;
                        lowSince = null;
                    }
                    case "usage.threshold-crossed" -> {
                        int threshold = event.data().path("threshold").asInt();
                        assertThat(threshold).isGreaterThan(highest);
                        highest = threshold;
                    }
                    case "usage.forecast" -> assertThat(++forecasts).isEqualTo(1);
                    case "usage.limit-reached" -> {
                        assertThat(reached && !freeSeen).isFalse();
                        reached = true;
                    }
                    default -> {}
                }
            }
            // an overtaken look is not heard, so this is the least that must have been seen
            freeSeen = !step.blocked() || (freeSeen && reported.isEmpty());
        }
    }

    @Property(tries = 80)
    void aThresholdThatIsCrossedForGoodIsReported(
            @ForAll("anything") List<Step> before, @ForAll @IntRange(min = 75, max = 100) int used) {
        Looks looks = new Looks();
        Instant at = Looks.START;
        for (Step step : before) {
            at = at.plusSeconds(step.step());
            look(looks, step, at);
        }
        Instant boundary = at.plusSeconds(4 * 3600);
        for (int minute = 0; minute < 45; minute++) {
            at = at.plusSeconds(60);
            looks.look("workspace/user", reply(used, boundary, true), at);
        }

        int reported = 0;
        for (Event event : looks.state().events()) {
            if (event.type().equals("usage.reset")) {
                reported = 0;
            } else if (event.type().equals("usage.threshold-crossed")) {
                reported = event.data().path("threshold").asInt();
            }
        }
        int owed = used >= 95 ? 95 : used >= 90 ? 90 : 75;
        assertThat(reported).isGreaterThanOrEqualTo(owed);
        assertThat(looks.state().events())
                .anySatisfy(event -> assertThat(event.type()).isEqualTo("usage.limit-reached"));
    }

    @Property(tries = 60)
    void aTrueResetIsReportedOnceWhateverGlitchesCome(
            @ForAll @IntRange(min = 10, max = 100) int used, @ForAll @IntRange(min = 0, max = 9) int glitch) {
        Looks looks = new Looks();
        Instant due = Looks.START.plusSeconds(600);
        List<String> resets = new ArrayList<>();
        for (int minute = 0; minute < 30; minute++) {
            Instant at = Looks.START.plusSeconds(60L * minute);
            boolean after = !at.isBefore(due);
            UsageReply reply = minute == glitch
                    ? reply(0, at.plusSeconds(LENGTH), false)
                    : reply(after ? 1 : used, after ? due.plusSeconds(LENGTH) : due, false);
            looks.look("workspace/user", reply, at).stream()
                    .filter(event -> event.type().equals("usage.reset"))
                    .forEach(event -> resets.add(event.id()));
        }
        assertThat(resets).hasSize(1);
    }

    @Property(tries = 60)
    void readingsThatWaverByLessThanTenPercentAlarmOnce(
            @ForAll @IntRange(min = 75, max = 100) int peak,
            @ForAll @Size(min = 6, max = 40) List<@IntRange(min = 0, max = 9) Integer> dips) {
        List<Integer> readings = new ArrayList<>(List.of(peak, peak, peak));
        dips.forEach(dip -> readings.addAll(List.of(peak - dip, peak - dip, peak)));

        List<Integer> reported = thresholds(readings);

        assertThat(reported).isSorted().doesNotHaveDuplicates();
    }

    @Property(tries = 30)
    void aFallByTenPercentOrMoreThatLastsArmsTheThresholdsAgain(
            @ForAll @IntRange(min = 95, max = 100) int peak, @ForAll @IntRange(min = 10, max = 40) int drop) {
        int low = peak - drop;

        List<Integer> reported = thresholds(List.of(peak, peak, peak, low, low, low, peak, peak, peak));

        assertThat(reported).endsWith(95).startsWith(95);
        assertThat(reported).filteredOn(threshold -> threshold == 95).hasSize(2);
    }

    /** Given readings a minute apart, all of one cycle. */
    private static List<Integer> thresholds(List<Integer> readings) {
        Looks looks = new Looks();
        Instant boundary = Looks.START.plusSeconds(4 * 3600);
        List<Integer> reported = new ArrayList<>();
        for (int minute = 0; minute < readings.size(); minute++) {
            looks
                    .look(
                            "workspace/user",
                            reply(readings.get(minute), boundary, false),
                            Looks.START.plusSeconds(60L * minute))
                    .stream()
                    .filter(event -> event.type().equals("usage.threshold-crossed"))
                    .forEach(
                            event -> reported.add(event.data().path("threshold").asInt()));
        }
        return reported;
    }

    @Example
    void aResetTimeThatIsMillionsOfYearsAwayIsNoForecast() {
        Window seen = new Window("five_hour", LENGTH, 50, Instant.parse("+900000000-01-01T00:00:00Z"));
        KnownWindow window = KnownWindow.accepted(seen, seen.resetsAt(), seen.resetsAt(), Looks.START, 0, null);

        assertThat(UsageForecast.outlook(window, Looks.START.plusSeconds(60))).isNull();
    }

    private static List<Event> look(Looks looks, Step step, Instant at) {
        Instant boundary = step.absolute()
                ? Looks.START.plusSeconds((step.boundary() / 7200 + 1) * 7200L)
                : at.plusSeconds(step.boundary());
        return looks.look("workspace/user", reply(step.used(), boundary, step.blocked()), at);
    }

    private static UsageReply reply(int used, Instant boundary, boolean blocked) {
        Window window = new Window("five_hour", LENGTH, used, boundary);
        Limit limit = new Limit("codex", null, !blocked, blocked, List.of(window));
        return new UsageReply("pro", List.of(limit), null, null, null, null, List.of());
    }
}
