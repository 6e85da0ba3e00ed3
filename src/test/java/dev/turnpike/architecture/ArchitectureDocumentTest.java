package dev.turnpike.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code docs/} names is there: a document that speaks of a class of last year misleads. */
class ArchitectureDocumentTest {
    private static final Pattern QUOTED = Pattern.compile("`([^`\\n]+)`");
    private static final Pattern CLASS = Pattern.compile("([A-Z]\\w+)(?:\\.([a-z]\\w*))?");
    private static final Pattern ROUTE = Pattern.compile("route `([a-z-]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

    @Test
    void everyClassAndMethodThatIsNamedExists() throws IOException {
        Map<String, String> sources = sources();
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (Path document : documents()) {
            for (MatchResult quoted :
                    QUOTED.matcher(Files.readString(document)).results().toList()) {
                var name = CLASS.matcher(quoted.group(1));
                if (!name.matches()) {
                    continue;
                }
                named++;
                String source = sources.get(name.group(1));
                if (source == null || (name.group(2) != null && !source.contains(" " + name.group(2) + "("))) {
                    missing.add(document + ": " + quoted.group(1));
                }
            }
        }

        assertThat(missing).isEmpty();
        assertThat(named).isGreaterThan(20);
    }

    @Test
    void everyRouteThatIsNamedExistsAndTheWayOfATurnNamesThemAll() throws IOException {
        String routes = "";
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                routes += Files.readString(file);
            }
        }
        List<String> named = ROUTE.matcher(Files.readString(Path.of("docs/architecture.md")))
                .results()
                .map(match -> match.group(1))
                .toList();

        for (String route : named) {
            assertThat(routes).contains("    id: " + route + "\n");
        }
        assertThat(named)
                .containsSubsequence(
                        "tasks-due",
                        "poll-tasks",
                        "scan-tasks",
                        "task-page",
                        "codex",
                        "codex-attempt",
                        "publish-found",
                        "publish");
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        for (Path document : documents()) {
            for (MatchResult link :
                    LINK.matcher(Files.readString(document)).results().toList()) {
                assertThat(document.resolveSibling(link.group(1))).exists();
            }
        }
    }

    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>(List.of(Path.of("docs/architecture.md")));
        try (Stream<Path> files = Files.list(Path.of("docs/decisions"))) {
            files.forEach(documents::add);
        }
        return documents;
    }

    private static Map<String, String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            ArchitectureDocumentTest::text,
                            String::concat));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
