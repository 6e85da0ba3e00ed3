package dev.turnpike.publishing;

import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.KnownTask;
import dev.turnpike.comparison.KnownTask.KnownTurn;
import dev.turnpike.shard.StateKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Packs an idle task into little more memory than its ids take. The format is never stored, so it has no version; packing
 * loses nothing.
 */
final class TaskPacking implements StateKind.Packing<KnownTask> {
    private static final TurnStatus[] STATUSES = TurnStatus.values();
    private static final int FINGERPRINT = 1;
    private static final int LATEST = 2;
    private static final int GONE = 4;
    private static final int CHANGED = 8;
    private static final int HORIZON = 16;
    private static final int UNTIMED = 32;
    /** Characters that a byte can count. */
    private static final int MOST_SHARED = 0xFF;

    /** Above the bits of the settled statuses. */
    private static final int OWED = 1 << STATUSES.length;

    @Override
    public Optional<byte[]> pack(String taskId, KnownTask task) {
        if (!task.isIdle()) {
            return Optional.empty();
        }
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(96);
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeByte((task.fingerprint() == null ? 0 : FINGERPRINT)
                    | (task.latestTurnId() == null ? 0 : LATEST)
                    | (task.gone() ? GONE : 0)
                    | (task.changedAt() == null ? 0 : CHANGED)
                    | (task.horizon() == null ? 0 : HORIZON)
                    | (task.untimed() ? UNTIMED : 0));
            time(out, task.changedAt());
            time(out, task.horizon());
            if (task.fingerprint() != null) {
                text(out, "", task.fingerprint());
            }
            out.writeShort(task.turns().size());
            String before = taskId;
            for (Map.Entry<String, KnownTurn> turn : task.turns().entrySet()) {
                text(out, before, turn.getKey());
                out.writeShort(bits(turn.getValue()));
                before = turn.getKey();
            }
            // usually it is the last of them
            if (task.latestTurnId() != null) {
                text(out, before, task.latestTurnId());
            }
            return Optional.of(bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public KnownTask unpack(String taskId, byte[] packed) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(packed))) {
            int flags = in.readByte();
            Instant changedAt = (flags & CHANGED) == 0 ? null : time(in);
            Instant horizon = (flags & HORIZON) == 0 ? null : time(in);
            String fingerprint = (flags & FINGERPRINT) == 0 ? null : text(in, "");
            int count = in.readUnsignedShort();
            Map<String, KnownTurn> turns = new LinkedHashMap<>();
            String before = taskId;
            for (int i = 0; i < count; i++) {
                before = text(in, before);
                turns.put(before, turn(in.readUnsignedShort()));
            }
            String latest = (flags & LATEST) == 0 ? null : text(in, before);
            return new KnownTask(
                    fingerprint, latest, false, (flags & GONE) != 0, turns, changedAt, horizon, (flags & UNTIMED) != 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public KnownTask asOf(KnownTask task, Instant committed) {
        return task.changedAt() == null ? task.changed(committed) : task;
    }

    /** What an id shares with the one before is left out. */
    private static void text(DataOutput out, String before, String text) throws IOException {
        int shared = 0;
        while (shared < Math.min(MOST_SHARED, Math.min(before.length(), text.length()))
                && before.charAt(shared) == text.charAt(shared)) {
            shared++;
        }
        out.writeByte(shared);
        out.writeUTF(text.substring(shared));
    }

    private static String text(DataInput in, String before) throws IOException {
        return before.substring(0, in.readUnsignedByte()) + in.readUTF();
    }

    private static void time(DataOutput out, Instant time) throws IOException {
        if (time != null) {
            out.writeLong(time.getEpochSecond());
            out.writeInt(time.getNano());
        }
    }

    private static Instant time(DataInput in) throws IOException {
        return Instant.ofEpochSecond(in.readLong(), in.readInt());
    }

    private static int bits(KnownTurn turn) {
        int bits = turn.owed() ? OWED : 0;
        for (int i = 0; i < STATUSES.length; i++) {
            if (turn.settled().contains(STATUSES[i])) {
                bits |= 1 << i;
            }
        }
        return bits;
    }

    private static KnownTurn turn(int bits) {
        SortedSet<TurnStatus> settled = new TreeSet<>();
        for (int i = 0; i < STATUSES.length; i++) {
            if ((bits & (1 << i)) != 0) {
                settled.add(STATUSES[i]);
            }
        }
        return new KnownTurn((bits & OWED) != 0, false, settled, Map.of());
    }
}
