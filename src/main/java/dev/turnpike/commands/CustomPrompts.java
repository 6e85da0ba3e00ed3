package dev.turnpike.commands;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Expands custom prompts: Markdown files next to the sign-in file, named in a prompt as {@code /prompts:NAME args}. Earlier
 * versions of the Codex CLI had them, and their files work here.
 *
 * @param folder with files such as {@code review.md}; need not exist
 */
public record CustomPrompts(Path folder) {
    /** With blanks of any alphabet, as in the CLI; {@code /prompt:} is meant so as well, and would begin a task as text. */
    private static final Pattern CALL = Pattern.compile("(?Ui)/prompts?:(\\S*)(?:\\s+(.*))?", Pattern.DOTALL);

    private static final Pattern NAME = Pattern.compile("\\P{javaWhitespace}+\\.(?i:md)");
    private static final Pattern FRONT_MATTER =
            Pattern.compile("\\A---[ \\t]*\\R(?:.*?\\R)?---[ \\t]*(?:\\R|\\z)", Pattern.DOTALL);
    private static final Pattern NAMED = Pattern.compile("(?<!\\$)\\$([A-Z][A-Z0-9_]*)");
    private static final Pattern PLACE = Pattern.compile("\\$(\\$|[1-9]|[A-Z][A-Z0-9_]*)");
    /** What a backslash escapes within double quotes. */
    private static final String ESCAPED = "$`\"\\";

    private static final String ALL = "ARGUMENTS";
    private static final int LARGEST = 256 * 1024;

    /**
     * Expands a prompt; one that names no custom prompt is returned unchanged.
     *
     * @throws CommandRejectedException when there is no such custom prompt, or its arguments are not right
     */
    public String expand(String prompt) {
        Matcher call = CALL.matcher(prompt.strip());
        if (!call.matches()) {
            return prompt;
        }
        String name = call.group(1);
        String body = FRONT_MATTER.matcher(read(name)).replaceFirst("");
        List<String> words = words(name, call.group(2) == null ? "" : call.group(2));
        Set<String> wanted = named(body);
        String text = wanted.isEmpty() ? numbered(body, words) : withNames(name, body, wanted, words);
        if (text.isBlank()) {
            throw bad("custom prompt " + name + " is empty", "a prompt with text in it");
        }
        return text;
    }

    private static CommandRejectedException bad(String detail, String expected) {
        return new CommandRejectedException("bad-prompt", detail, expected);
    }

    /** Any name of a file in the folder is valid, as in the CLI; no other file is read. */
    private String read(String name) {
        String wanted = normal(name);
        Path file = files().stream()
                .filter(each -> normal(nameOf(each)).equals(wanted))
                .findFirst()
                .orElseThrow(() -> CommandRejectedException.among(
                        "unknown-prompt",
                        "there is no custom prompt " + (name.isEmpty() ? "without a name" : name)
                                + " in the prompts folder beside the sign-in",
                        "the name of a file NAME.md there",
                        files().stream().map(CustomPrompts::nameOf).limit(20).toList()));
        try {
            if (Files.size(file) > LARGEST) {
                throw bad(
                        "custom prompt " + name + " has " + Files.size(file) + " bytes",
                        "at most " + LARGEST + " bytes");
            }
            // editors on Windows write a byte order mark
            return Files.readString(file).replaceFirst("^\ufeff", "");
        } catch (IOException e) {
            throw bad(
                    "custom prompt " + name + " cannot be read: " + e.getClass().getSimpleName(),
                    "a readable file in UTF-8");
        }
    }

    /** The names of all custom prompts, sorted. */
    private List<Path> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            file -> NAME.matcher(file.getFileName().toString()).matches())
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw bad(
                    "the prompts folder beside the sign-in cannot be read: "
                            + e.getClass().getSimpleName(),
                    "a readable folder");
        }
    }

    private static String nameOf(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - ".md".length());
    }

    /** Some file systems return decomposed letters. */
    private static String normal(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    /** The arguments of a prompt, in order of appearance; {@code $$NAME} is not one. */
    private static Set<String> named(String body) {
        return NAMED.matcher(body)
                .results()
                .map(named -> named.group(1))
                .filter(named -> !named.equals(ALL))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static String numbered(String body, List<String> words) {
        return PLACE.matcher(body).replaceAll(place -> {
            String what = place.group(1);
            String value;
            if (what.equals("$")) {
                value = "$$";
            } else if (Character.isDigit(what.charAt(0))) {
                int index = what.charAt(0) - '1';
                value = index < words.size() ? words.get(index) : "";
            } else {
                // $ARGUMENTS_X begins with the word too, as it did in the CLI
                value = what.startsWith(ALL) ? String.join(" ", words) + what.substring(ALL.length()) : place.group();
            }
            return Matcher.quoteReplacement(value);
        });
    }

    private static String withNames(String name, String body, Set<String> wanted, List<String> words) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals <= 0) {
                throw bad(
                        "custom prompt " + name + " takes NAME=value arguments, \"" + word + "\" is none",
                        "arguments for " + String.join(", ", wanted) + "; quote values with blanks");
            }
            values.put(word.substring(0, equals), word.substring(equals + 1));
        }
        List<String> missing =
                wanted.stream().filter(each -> !values.containsKey(each)).toList();
        if (!missing.isEmpty()) {
            throw bad(
                    "custom prompt " + name + " needs " + String.join(", ", missing),
                    "/prompts:" + name + " " + String.join("=… ", wanted) + "=…");
        }
        return PLACE.matcher(body).replaceAll(place -> {
            String value = values.get(place.group(1));
            return Matcher.quoteReplacement(value == null ? place.group() : value);
        });
    }

    /** Splits text into words as a shell does: at blanks, with quotes and backslashes. */
    private static List<String> words(String name, String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            char next = i + 1 < text.length() ? text.charAt(i + 1) : 0;
            if (c == '\\' && next == '\n' && quote != '\'') {
                i++;
            } else if (c == '\\' && (quote == 0 ? next != 0 : quote == '"' && ESCAPED.indexOf(next) >= 0)) {
                word = append(word, next);
                i++;
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word = append(word, c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                word = word == null ? new StringBuilder() : word;
            } else if (Character.isWhitespace(c)) {
                if (word != null) {
                    words.add(word.toString());
                    word = null;
                }
            } else {
                word = append(word, c);
            }
        }
        if (quote != 0) {
            throw bad("the arguments of custom prompt " + name + " have an open quote", "a closing " + quote);
        }
        if (word != null) {
            words.add(word.toString());
        }
        return words;
    }

    private static StringBuilder append(StringBuilder word, char c) {
        return (word == null ? new StringBuilder() : word).append(c);
    }
}
