package dev.turnpike.settings;

import dev.turnpike.http.ForwardProxy;
import java.util.List;
import java.util.Objects;

/**
 * What a setting came to.
 *
 * @param text empty when unset
 * @param parsed null when unset
 */
record Value(Setting setting, String text, SettingSource origin, Object parsed) {

    /** For messages: the text, cut and on one line, or stars. */
    String shown() {
        if (setting.secret() && !text.isEmpty()) {
            return parsed instanceof ForwardProxy proxy ? proxy.toString() : "***";
        }
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() > 120 ? line.substring(0, 117) + "..." : line;
    }

    /** The items of a list of texts. */
    List<String> strings() {
        return ((List<?>) parsed).stream().map(String.class::cast).toList();
    }

    String asProperty() {
        return parsed == null ? "" : property(setting.kind());
    }

    private <T> String property(Kind<T> kind) {
        return kind.property().apply(Objects.requireNonNull(kind.type().cast(parsed)));
    }
}
