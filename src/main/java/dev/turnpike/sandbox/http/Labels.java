package dev.turnpike.sandbox.http;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The constants of enums as options and control requests name them: lower case with dashes. */
public final class Labels {
    private Labels() {}

    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The constant of a name.
     *
     * @param field what is named, for the message
     * @param groups further names that the sender may use there, for the message
     * @throws IllegalArgumentException that lists the known names for any other
     */
    public static <E extends Enum<E>> E find(String field, Class<E> type, String word, String... groups) {
        List<E> constants = List.of(type.getEnumConstants());
        return constants.stream()
                .filter(constant -> of(constant).equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(field + ": '" + word + "' is none of "
                        + Stream.concat(
                                        Arrays.stream(groups),
                                        constants.stream().map(Labels::of))
                                .collect(Collectors.joining(", "))));
    }
}
