package dev.turnpike.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;

/**
 * A text cut to a number of UTF-8 bytes, never within a code point. Halves of surrogate pairs, which have no UTF-8
 * form, become U+FFFD.
 *
 * @param text never null
 * @param truncated whether something was cut off
 */
public record Bounded(String text, boolean truncated) {
    private static final byte[] REPLACEMENT = "\uFFFD".getBytes(UTF_8);

    /**
     * The longest beginning of a text that fits. Costs no more than that beginning, however long the text is.
     *
     * @param text not null
     * @param maxBytes of UTF-8, 0 or more
     */
    public static Bounded of(String text, int maxBytes) {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(maxBytes, 3L * text.length()));
        CharBuffer chars = CharBuffer.wrap(text);
        UTF_8.newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .replaceWith(REPLACEMENT)
                .encode(chars, bytes, true);
        return new Bounded(new String(bytes.array(), 0, bytes.position(), UTF_8), chars.hasRemaining());
    }
}
