package dev.turnpike.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the README against what it speaks of. */
class ReadmeTest {
    private static final Path README = Path.of("README.md");

    @Test
    void theTableOfSettingsIsTheCatalogue() throws IOException {
        List<String> rows = Files.readAllLines(README).stream()
                .dropWhile(line -> !line.equals("| setting | default | |"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(
                        Catalogue.ALL.stream().map(ReadmeTest::row).toList());
    }

    private static String row(Setting setting) {
        String description = Character.toUpperCase(setting.description().charAt(0))
                + setting.description().substring(1);
        String value = setting.defaultText().isEmpty() ? "" : "`" + setting.defaultText() + "`";
        return "| `" + setting.name() + "` | " + value + " | " + description + " |";
    }

    @Test
    void itsLinksLeadSomewhere() throws IOException {
        for (String document : List.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md")) {
            List<String> links = Pattern.compile("]\\((?!http|#)([^)#]+)")
                    .matcher(Files.readString(Path.of(document)))
                    .results()
                    .map(link -> link.group(1))
                    .toList();
            assertThat(links).allSatisfy(link -> assertThat(Path.of(link)).exists());
        }
    }
}
