package dev.turnpike.settings;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** Reads a properties file in UTF-8, with the line of each key for messages. */
final class PropertiesFile {

    /**
     * One {@code key = value}.
     *
     * @param line 1-based line the key begins on
     */
    record Entry(String key, String value, int line) {}

    private PropertiesFile() {}

    /**
     * The entries in the file's order, including repeated keys.
     *
     * @throws IOException when the file cannot be read, also for bytes that are not UTF-8
     * @throws IllegalArgumentException for a malformed Unicode escape, naming the line
     */
    static List<Entry> read(Path file) throws IOException {
        List<Entry> entries = new ArrayList<>();
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        // editors on Windows write a byte order mark
        lines.replaceAll(line -> line.startsWith("\ufeff") ? line.substring(1) : line);
        for (int i = 0; i < lines.size(); i++) {
            int first = i;
            StringBuilder logical = new StringBuilder(lines.get(i));
            while (!isComment(logical) && continues(logical) && i + 1 < lines.size()) {
                i++;
                logical.append('\n').append(lines.get(i));
            }
            entries.addAll(entry(logical.toString(), first + 1));
        }
        return entries;
    }

    private static List<Entry> entry(String logical, int line) throws IOException {
        Properties one = new Properties();
        try {
            one.load(new StringReader(logical));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(line + ": " + e.getMessage() + " A backslash is written \\\\.", e);
        }
        return one.stringPropertyNames().stream()
                .map(key -> new Entry(key, one.getProperty(key).strip(), line))
                .toList();
    }

    private static boolean isComment(CharSequence line) {
        String text = line.toString().stripLeading();
        return text.startsWith("#") || text.startsWith("!");
    }

    private static boolean continues(CharSequence line) {
        int backslashes = 0;
        while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }
}
