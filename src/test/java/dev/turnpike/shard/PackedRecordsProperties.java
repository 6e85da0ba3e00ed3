package dev.turnpike.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
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

    @Property(tries = 2000)
    void aTextIsReadAsItWasWritten(@ForAll String base, @ForAll String text) throws IOException {
        assertRoundTrip(base, text);
        assertRoundTrip(base, base + text);
    }

    @Example
    void idsTakeHalfTheirLength() throws IOException {
        String task = "task_e_" + "0123456789abcdef".repeat(2);
        assertThat(assertRoundTrip("", task)).isEqualTo(26);
        assertThat(assertRoundTrip(task, task + "~assttrn_e_" + "fedcba9876543210".repeat(2)))
                .isEqualTo(30);
        for (String odd : List.of("", "a", "abc", "task_i_XYZ", "ABCDEF", "f".repeat(3000), "é".repeat(400))) {
            assertRoundTrip(task, odd);
        }
    }

    private static int assertRoundTrip(String base, String text) throws IOException {
        // what has no UTF-8 is no id
        String valid = new String(text.getBytes(UTF_8), UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PackedText.write(new DataOutputStream(bytes), base, valid);
        assertThat(PackedText.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())), base))
                .isEqualTo(valid);
        return bytes.size();
    }
}
