package dev.turnpike.events;

/**
 * A text cut to a number of UTF-8 bytes, never within a code point. Halves of surrogate pairs, which have no UTF-8
 * form, become U+FFFD.
 *
 * @param text never null
 * @param truncated whether something was cut off
 */
public record Bounded(String text, boolean truncated) {
    private static final char REPLACEMENT = '\uFFFD';

    /**
     * The longest beginning of a text that fits. Costs no more than that beginning, however long the text is.
     *
     * @param text not null
     * @param maxBytes of UTF-8, 0 or more
     */
    public static Bounded of(String text, int maxBytes) {
        StringBuilder repaired = null;
        int bytes = 0;
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean pair = Character.isHighSurrogate(c)
                    && at + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(at + 1));
            int size = pair ? 4 : c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
            if (size > maxBytes - bytes) {
                break;
            }
            if (Character.isSurrogate(c) && !pair) {
                if (repaired == null) {
                    repaired = new StringBuilder(text.length() - at < maxBytes ? text.length() : at + 16);
                    repaired.append(text, 0, at);
                }
                repaired.append(REPLACEMENT);
            } else if (repaired != null) {
                repaired.append(text, at, pair ? at + 2 : at + 1);
            }
            bytes += size;
            at += pair ? 2 : 1;
        }
        boolean truncated = at < text.length();
        return new Bounded(repaired != null ? repaired.toString() : text.substring(0, at), truncated);
    }
}
