package dev.turnpike.commandline.output;

import java.util.Map;

/**
 * Width and colours of the output.
 *
 * @param columns 0 when it is no terminal, and lines may be of any length
 */
public record Screen(int columns, boolean colour) {
    public static final Screen NONE = new Screen(0, false);
    private static final int USUAL_COLUMNS = 80;

    /**
     * {@code TURNPIKE_COLUMNS} is set by the start script where stdout is a terminal; colour goes by
     * <a href="https://no-color.org">NO_COLOR</a>.
     */
    public static Screen of(Map<String, String> environment) {
        String columns = environment.getOrDefault("TURNPIKE_COLUMNS", "");
        if (columns.isEmpty()) {
            return NONE;
        }
        boolean plain = !environment.getOrDefault("NO_COLOR", "").isEmpty()
                || environment.getOrDefault("TERM", "dumb").equals("dumb");
        boolean known = columns.matches("[1-9]\\d{0,3}");
        return new Screen(known ? Integer.parseInt(columns) : USUAL_COLUMNS, !plain);
    }

    public boolean isTerminal() {
        return columns > 0;
    }

    public String paint(Paint paint, String text) {
        return colour && !text.isBlank() ? paint.on + text + "\u001b[0m" : text;
    }

    public enum Paint {
        GOOD("32"),
        BAD("31"),
        WARN("33"),
        FAINT("2"),
        STRONG("1");

        private final String on;

        Paint(String code) {
            this.on = "\u001b[" + code + "m";
        }
    }
}
