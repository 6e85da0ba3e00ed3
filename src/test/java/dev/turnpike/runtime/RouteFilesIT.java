package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The route files that ship load as they are, and fit together. */
@ExtendWith(SharedKafka.class)
class RouteFilesIT {
    private static final Path ROUTES = Path.of("routes");
    /** Calls within the process; what is after the name are parameters. */
    private static final Pattern CALL = Pattern.compile("(?:direct|seda):[\\w-]+(?:\\{\\{\\w+}})?");

    @TempDir
    static Path directory;

    private static String brokers;

    @BeforeAll
    static void findBroker(SharedKafka.Brokers shared) {
        brokers = shared.text();
    }

    @Test
    void everyRouteHasAnIdAndADescription() throws IOException {
        List<Map<?, ?>> routes = routes();

        assertThat(routes).hasSizeGreaterThan(5).allSatisfy(route -> {
            assertThat((String) route.get("id")).as("id of %s", route).matches("[a-z]+(-[a-z]+)*");
            assertThat((String) route.get("description"))
                    .as("description of %s", route)
                    .isNotBlank();
        });
        assertThat(routes).extracting(route -> route.get("id")).doesNotHaveDuplicates();
    }

    @Test
    void everyRouteThatIsCalledIsThere() throws IOException {
        List<String> consumed = new ArrayList<>();
        for (Map<?, ?> route :
                Stream.concat(routes().stream(), templates().stream()).toList()) {
            consumed.add((String) ((Map<?, ?>) route.get("from")).get("uri"));
        }
        List<String> used = new ArrayList<>();
        for (Path file : files()) {
            for (String line : Files.readAllLines(file)) {
                if (!line.strip().startsWith("#")) {
                    CALL.matcher(line).results().forEach(match -> used.add(match.group()));
                }
            }
        }

        assertThat(used)
                .hasSizeGreaterThan(5)
                .allSatisfy(uri -> assertThat(consumed).contains(uri));
        // a timer has its name among the parameters
        assertThat(consumed).filteredOn(uri -> !uri.equals("timer")).doesNotHaveDuplicates();
    }

    /** At the top of a file it would hold in every file, and a 401 would no longer be repeated with another token. */
    @Test
    void noFileSetsAnErrorHandlerForAllOthers() throws IOException {
        assertThat(parts("errorHandler")).isEmpty();
    }

    @Test
    void everyRouteFileLoadsInTheRuntime() throws Exception {
        try (RunningTurnpike turnpike = load(ROUTES)) {
            assertThat(turnpike.brokers()).isEqualTo(brokers);
        }
    }

    @Test
    void anUnknownParameterFailsTheStart() throws IOException {
        Path changed = Files.createDirectory(directory.resolve("changed"));
        for (Path file : files()) {
            String text = Files.readString(file);
            Files.writeString(changed.resolve(file.getFileName()), text.replace("period:", "perid:"));
        }

        assertThatThrownBy(() -> load(changed).close()).hasStackTraceContaining("perid");
    }

    /** With every route stopped, so that nothing is asked of anybody. */
    private static RunningTurnpike load(Path routes) throws Exception {
        return TurnpikeRuntime.start(
                Settings.of(Map.of(
                        "camel.main.autoStartup",
                        "false",
                        "routes",
                        routes.toAbsolutePath().toString(),
                        "codex.auth-files",
                        directory.resolve("auth.json").toString(),
                        "codex.base-url",
                        "http://127.0.0.1:1/backend-api",
                        "kafka.brokers",
                        brokers,
                        "topics.prefix",
                        "route-files.",
                        "management.port",
                        "0",
                        "http.port",
                        "0")),
                Clock.systemUTC());
    }

    private static List<Map<?, ?>> routes() throws IOException {
        return parts("route");
    }

    /** The routes of the templates, which have neither id nor name of their own. */
    private static List<Map<?, ?>> templates() throws IOException {
        List<Map<?, ?>> routes = new ArrayList<>();
        parts("routeTemplate").forEach(template -> routes.add((Map<?, ?>) template.get("route")));
        return routes;
    }

    private static List<Map<?, ?>> parts(String kind) throws IOException {
        List<Map<?, ?>> parts = new ArrayList<>();
        for (Path file : files()) {
            Object all = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
            for (Object part : (List<?>) all) {
                if (((Map<?, ?>) part).get(kind) instanceof Map<?, ?> found) {
                    parts.add(found);
                }
            }
        }
        return parts;
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(ROUTES)) {
            return files.filter(file -> file.toString().endsWith(".camel.yaml")).toList();
        }
    }
}
