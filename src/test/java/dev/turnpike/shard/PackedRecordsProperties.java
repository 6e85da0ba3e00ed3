package dev.turnpike.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class PackedRecordsProperties {

    @Property(tries = 300)
    void itHoldsWhatAMapHolds(@ForAll long seed) {
        Random random = new Random(seed);
        PackedRecords packed = new PackedRecords();
        Map<String, Byte> map = new HashMap<>();
        int names = 1 + random.nextInt(200);
        for (int step = 0; step < 1500; step++) {
            String name = "n" + random.nextInt(names);
            if (random.nextInt(5) < 2) {
                assertThat(packed.remove(name.getBytes(UTF_8))).isEqualTo(map.remove(name) != null);
            } else {
                byte value = (byte) random.nextInt();
                packed.put(name.getBytes(UTF_8), new byte[] {value});
                map.put(name, value);
            }
        }
        assertThat(packed.size()).isEqualTo(map.size());
        for (int i = 0; i < names; i++) {
            byte[] value = packed.get(("n" + i).getBytes(UTF_8));
            assertThat(value == null ? null : (Byte) value[0]).isEqualTo(map.get("n" + i));
        }
        Set<String> met = new HashSet<>();
        for (int slot = 0; slot < packed.slots(); slot++) {
            if (packed.nameAt(slot) != null) {
                assertThat(met.add(new String(packed.nameAt(slot), UTF_8))).isTrue();
            }
        }
        assertThat(met).isEqualTo(map.keySet());
    }
}
