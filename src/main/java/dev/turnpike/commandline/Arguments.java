package dev.turnpike.commandline;

import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.commandline.program.TypedText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    private static final String REMEDY = "; set LC_ALL=C.UTF-8, or another UTF-8 locale";

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
                throw CommandFailedException.usage(
                        name + " has letters that cannot be read in the locale " + locale(environment) + REMEDY);
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
                throw CommandFailedException.usage("argument " + (i + 1)
                        + " has letters that cannot be read in the locale " + locale(environment) + REMEDY);
            }
            whole[i] = lost ? argument : arguments[i];
        }
        return whole;
    }

    private static boolean isAscii(String argument) {
        return argument.chars().allMatch(letter -> letter < 128);
    }

    private static boolean isLost(String argument) {
        return argument.contains(LOST);
    }

    /** The locale and its encoding, for messages. */
    static String locale(Map<String, String> environment) {
        String name = Stream.of("LC_ALL", "LC_CTYPE", "LANG")
                .map(variable -> environment.getOrDefault(variable, ""))
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElse("C");
        return name + " (" + System.getProperty("sun.jnu.encoding") + ")";
    }

    /** Decodes them as UTF-8; null for an argument that is not UTF-8, empty where the system does not show them. */
    private static List<String> read() {
        List<String> typed = new ArrayList<>();
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(TYPED);
        } catch (IOException e) {
            return typed;
        }
        int from = 0;
        for (int at = 0; at < bytes.length; at++) {
            if (bytes[at] == 0) {
                typed.add(decoded(ByteBuffer.wrap(bytes, from, at - from)));
                from = at + 1;
            }
        }
        return typed;
    }

    private static String decoded(ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
