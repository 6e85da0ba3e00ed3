package dev.turnpike.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the documents against what they describe; {@code -Dupdate=true} writes the table of settings anew. */
class DocumentsTest {
    private static final Path SETTINGS = Path.of("docs/settings.md");
    private static final String TABLE = "| setting | default | allowed | |\n|---|---|---|---|\n";

    @Test
    void theTableOfSettingsIsTheCatalogue() throws IOException {
        String page = Files.readString(SETTINGS);
        List<String> properties = Files.readAllLines(Path.of("application.properties"));
        String table = TABLE
                + Catalogue.ALL.stream()
                        .map(setting -> row(setting, properties))
                        .collect(Collectors.joining());
        assertThat(page).contains(TABLE);
        if (Boolean.getBoolean("update")) {
            Files.writeString(SETTINGS, page.substring(0, page.indexOf(TABLE)) + table);
        }

        assertThat(Files.readString(SETTINGS)).endsWith(table);
    }

    /** The description is the comment above the setting in {@code application.properties}. */
    private static String row(Setting setting, List<String> properties) {
        int line = properties.indexOf(("#" + setting.name() + " = " + setting.defaultText()).stripTrailing());
        assertThat(line).as(setting.name()).isPositive();
        String description = properties.get(line - 1).replaceFirst("^# ", "");
        String value = setting.defaultText().isEmpty() ? "" : "`" + setting.defaultText() + "`";
        return "| `" + setting.name() + "` | " + value + " | " + allowed(setting) + " | " + description + " |\n";
    }

    /** What a refusal says; the units of durations are explained once, above the table. */
    private static String allowed(Setting setting) {
        String allowed = setting.type().allowed();
        assertThat(allowed).doesNotContain("|");
        return allowed.replaceFirst("^a duration with its unit, .*, from ", "a duration from ");
    }

    @ParameterizedTest
    @MethodSource("documents")
    void linksLeadSomewhere(Path document) throws IOException {
        List<String> links = Pattern.compile("]\\((?!http|#)([^)#]+)")
                .matcher(Files.readString(document))
                .results()
                .map(link -> link.group(1))
                .toList();

        assertThat(links)
                .allSatisfy(link -> assertThat(document.resolveSibling(link)).exists());
    }

    static List<Path> documents() throws IOException {
        try (Stream<Path> top = Files.list(Path.of("")).filter(DocumentsTest::isMarkdown);
                Stream<Path> docs = Files.walk(Path.of("docs")).filter(DocumentsTest::isMarkdown)) {
            return Stream.concat(top, docs).sorted().toList();
        }
    }

    private static boolean isMarkdown(Path file) {
        return file.toString().endsWith(".md");
    }
}
