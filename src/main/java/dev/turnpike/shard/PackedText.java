package dev.turnpike.shard;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Ids in few bytes: what an id shares with another one before it is left out, and hexadecimal digits at its end, of
 * which most of an id consists, take half a byte each.
 */
public final class PackedText {
    private static final HexFormat HEX = HexFormat.of();
    private static final int LONGEST = 0xFF;

    private PackedText() {}

    /**
     * Writes a text.
     *
     * @param base begins as the text does, or not; the same when it is read
     * @throws IllegalArgumentException for a text of over 64 KiB
     */
    public static void write(DataOutput out, String base, String text) throws IOException {
        int shared = shared(base, text);
        int hex = hexDigits(text, shared);
        byte[] middle = text.substring(shared, text.length() - hex).getBytes(StandardCharsets.UTF_8);
        if (middle.length > 0xFFFF) {
            throw new IllegalArgumentException("An id of " + text.length() + " characters is too long");
        }
        out.writeByte(shared);
        if (middle.length < LONGEST) {
            out.writeByte(middle.length);
        } else {
            out.writeByte(LONGEST);
            out.writeShort(middle.length);
        }
        out.write(middle);
        out.writeByte(hex / 2);
        out.write(HEX.parseHex(text, text.length() - hex, text.length()));
    }

    /** Reads a text that was written with this base. */
    public static String read(DataInput in, String base) throws IOException {
        int shared = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        byte[] middle = new byte[length == LONGEST ? in.readUnsignedShort() : length];
        in.readFully(middle);
        byte[] hex = new byte[in.readUnsignedByte()];
        in.readFully(hex);
        return base.substring(0, shared) + new String(middle, StandardCharsets.UTF_8) + HEX.formatHex(hex);
    }

    private static int shared(String base, String text) {
        int most = Math.min(LONGEST, Math.min(base.length(), text.length()));
        int shared = 0;
        while (shared < most && base.charAt(shared) == text.charAt(shared)) {
            shared++;
        }
        // no code point is cut in two
        return shared > 0 && Character.isHighSurrogate(text.charAt(shared - 1)) ? shared - 1 : shared;
    }

    /** How many of the last characters are lower-case hexadecimal digits: an even number, none of them shared. */
    private static int hexDigits(String text, int shared) {
        int from = text.length();
        while (from > shared && text.length() - from < 2 * LONGEST - 1 && isHex(text.charAt(from - 1))) {
            from--;
        }
        return (text.length() - from) / 2 * 2;
    }

    private static boolean isHex(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
}
