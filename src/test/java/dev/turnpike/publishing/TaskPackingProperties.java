package dev.turnpike.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.comparison.KnownTask;
import dev.turnpike.comparison.KnownTask.KnownTurn;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;

/** Whatever upstream's ids look like, and however much of one is in the next. */
class TaskPackingProperties {
    @Property(tries = 2000)
    void anIdleTaskIsUnpackedAsItWas(
            @ForAll @StringLength(max = 400) String task, @ForAll String more, @ForAll String other) {
        Map<String, KnownTurn> turns = new LinkedHashMap<>();
        for (String turn : new String[] {task + more, other, task}) {
            turns.put(turn, new KnownTurn(false, false, new TreeSet<>(), Map.of()));
        }
        KnownTask known = new KnownTask(other, task + more, false, false, turns, Instant.EPOCH, null, false);
        TaskPacking packing = new TaskPacking();

        assertThat(packing.unpack(task, packing.pack(task, known).orElseThrow()))
                .isEqualTo(known);
    }
}
