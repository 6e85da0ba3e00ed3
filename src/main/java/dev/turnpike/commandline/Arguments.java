package dev.turnpike.commandline;

import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.commandline.program.TypedText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Restores arguments that the JVM could not decode. In the locale C it reads every letter beyond ASCII as U+FFFD, and
 * no option changes that; the system still has the bytes. What it could decode stays: {@link TypedText} restores texts.
 */
final class Arguments {
    private static final String LOST = "\uFFFD";
    private static final Path TYPED = Path.of("/proc/self/cmdline");

    private Arguments() {}

    /**
     * The arguments as they were typed.
     *
     * @param environment whose folders must be readable too
     * @throws CommandFailedException when letters are lost: a prompt must not be sent without them
     */
    static String[] typed(String[] arguments, Map<String, String> environment) {
        for (String name : List.of("HOME", "CODEX_HOME", "TURNPIKE_HOME")) {
            if (environment.getOrDefault(name, "").contains(LOST)) {
                throw unreadable(name, environment);
            }
        }
        if (Stream.of(arguments).noneMatch(Arguments::isLost)) {
            return arguments;
        }
        List<String> typed = read();
        int before = typed.size() - arguments.length;
        String[] whole = arguments.clone();
        for (int i = 0; i < arguments.length; i++) {
            String argument = before < 0 ? null : typed.get(before + i);
            boolean lost = isLost(arguments[i]);
            // letters of the locale's own are no UTF-8, or another text in it
            boolean same = lost
                    ? argument != null
                    : argument == null || argument.equals(arguments[i]) || !isAscii(arguments[i]);
            if (!same) {
                throw unreadable("argument " + (i + 1), environment);
            }
            whole[i] = lost ? argument : arguments[i];
        }
        return whole;
    }

    private static CommandFailedException unreadable(String what, Map<String, String> environment) {
        return CommandFailedException.usage(
                what + " contains characters that cannot be decoded in " + locale(environment));
    }

    private static boolean isAscii(String argument) {
        return argument.chars().allMatch(letter -> letter < 128);
    }

    private static boolean isLost(String argument) {
        return argument.contains(LOST);
    }

    /** The locale and its encoding, and what to do about it, for the end of a message. */
    static String locale(Map<String, String> environment) {
        String name = Stream.of("LC_ALL", "LC_CTYPE", "LANG")
                .map(variable -> environment.getOrDefault(variable, ""))
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElse("C");
        return "the locale " + name + " (" + System.getProperty("sun.jnu.encoding")
                + "); set LC_ALL=C.UTF-8, or another UTF-8 locale";
    }

    /** Decodes them as UTF-8; null for an argument that is not UTF-8, empty where the system does not show them. */
    private static List<String> read() {
        try {
            // each byte is a letter of ISO 8859-1; a zero ends each argument
            String[] bytes =
                    Files.readString(TYPED, StandardCharsets.ISO_8859_1).split("\0", -1);
            return Stream.of(bytes)
                    .limit(bytes.length - 1)
                    .map(argument -> decoded(argument.getBytes(StandardCharsets.ISO_8859_1)))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static String decoded(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
