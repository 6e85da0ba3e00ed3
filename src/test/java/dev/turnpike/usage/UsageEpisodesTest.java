package dev.turnpike.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.events.Event;
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
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever upstream says, and with a restart after every look. */
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
                net.jqwik.api.Tuple.of(8, Arbitraries.integers().between(20, 120)),
                net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(600, 20000)),
                net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(-900, 0)));
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
    void anAlertOfAKindIsToldOncePerEpisode(@ForAll("anything") List<Step> steps) {
        Looks looks = new Looks();
        int highest = 0;
        int lowest = 100;
        int forecasts = 0;
        int peak = 0;
        boolean fell = false;
        boolean reached = false;
        boolean freeSeen = false;
        Set<String> ids = new HashSet<>();
        Instant at = Looks.START;
        for (Step step : steps) {
            at = at.plusSeconds(step.step());
            List<Event> told = look(looks, step, at);
            lowest = Math.min(lowest, step.used());
            fell |= step.used() + 10 <= peak;
            peak = Math.max(peak, step.used());
            for (Event event : told) {
                assertThat(ids.add(event.id())).as(event.id()).isTrue();
                switch (event.type()) {
                    case "usage.reset" -> {
                        highest = 0;
                        forecasts = 0;
                    }
                    case "usage.threshold-crossed" -> {
                        int threshold = event.data().path("threshold").asInt();
                        assertThat(threshold > highest || lowest < threshold)
                                .as("%s again, without a fall", threshold)
                                .isTrue();
                        highest = threshold;
                        lowest = 100;
                    }
                    case "usage.forecast" -> {
                        assertThat(forecasts == 0 || fell).isTrue();
                        forecasts++;
                        fell = false;
                    }
                    case "usage.limit-reached" -> {
                        assertThat(reached && !freeSeen).isFalse();
                        reached = true;
                    }
                    default -> {}
                }
            }
            // an overtaken look is not heard, so this is the least that must have been seen
            freeSeen = !step.blocked() || (freeSeen && told.isEmpty());
        }
    }

    @Property(tries = 80)
    void aThresholdThatIsCrossedForGoodIsTold(
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

        int told = 0;
        for (Event event : looks.state().events()) {
            if (event.type().equals("usage.reset")) {
                told = 0;
            } else if (event.type().equals("usage.threshold-crossed")) {
                told = event.data().path("threshold").asInt();
            }
        }
        int owed = used >= 95 ? 95 : used >= 90 ? 90 : 75;
        assertThat(told).isGreaterThanOrEqualTo(owed);
        assertThat(looks.state().events())
                .anySatisfy(event -> assertThat(event.type()).isEqualTo("usage.limit-reached"));
    }

    @Property(tries = 60)
    void aTrueResetIsToldOnceWhateverGlitchesCome(
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

    private static List<Event> look(Looks looks, Step step, Instant at) {
        Instant boundary = step.absolute()
                ? Looks.START.plusSeconds((step.boundary() / 7200 + 1) * 7200L)
                : at.plusSeconds(step.boundary());
        return looks.look("workspace/user", reply(step.used(), boundary, step.blocked()), at);
    }

    private static UsageReply reply(int used, Instant boundary, boolean blocked) {
        Window window = new Window("five_hour", LENGTH, used, boundary);
        Limit limit = new Limit("codex", null, !blocked, blocked, List.of(window));
        return new UsageReply("pro", List.of(limit), null, null, null, null);
    }
}
