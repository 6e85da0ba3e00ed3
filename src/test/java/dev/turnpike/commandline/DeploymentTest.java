package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Holds docker-compose.yml and the Dockerfile against the settings and each other; runs neither. */
class DeploymentTest {
    private static final Path COMPOSE = Path.of("docker-compose.yml");

    private Map<?, ?> services;
    private List<String> dockerfile;

    @BeforeEach
    void read() throws IOException {
        services = (Map<?, ?>) yaml(COMPOSE).get("services");
        dockerfile = Files.readAllLines(Path.of(text(turnpike().get("build"), "dockerfile")));
    }

    @Test
    void everyVariableOfTheRuntimeIsASettingWithAnAllowedValue() {
        Map<String, String> variables = variables(turnpike());
        variables.putAll(imageVariables());
        // for the start script
        assertThat(variables.remove("TURNPIKE_JNA_TMPDIR")).startsWith("/var/lib/turnpike/");

        Settings settings = Settings.load(null, variables, Map.of());

        long set = settings.asProperties().keySet().stream()
                .filter(name -> settings.origin(name).startsWith("environment"))
                .count();
        assertThat(set).isEqualTo(variables.size());
        assertThat(settings.text("bind")).isEqualTo("0.0.0.0");
    }

    @Test
    void theRuntimeFindsTheBrokerOnTheListenerForContainers() {
        String brokers = variables(turnpike()).get("TURNPIKE_KAFKA_BROKERS");
        Map<String, String> kafka = variables(service("kafka"));

        assertThat(kafka.get("KAFKA_ADVERTISED_LISTENERS").split(","))
                .contains("INTERNAL://" + brokers, "HOST://localhost:9092");
        assertThat(kafka.get("KAFKA_LISTENERS").split(","))
                .contains("INTERNAL://:" + brokers.replaceFirst(".*:", ""), "HOST://:9092");
        assertThat(brokers).startsWith("kafka:");
        List<String> named = Arrays.stream(kafka.get("KAFKA_LISTENERS").split(","))
                .map(listener -> listener.replaceFirst(":.*", ""))
                .toList();
        assertThat(Arrays.stream(kafka.get("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP")
                                .split(","))
                        .map(entry -> entry.replaceFirst(":.*", "")))
                .containsExactlyInAnyOrderElementsOf(named);
        assertThat(kafka.get("KAFKA_CONTROLLER_QUORUM_VOTERS")).isEqualTo("1@kafka:9093");
        assertThat(strings(service("kafka").get("ports"))).containsExactly("127.0.0.1:9092:9092");
    }

    @Test
    void theBrokerIsOfTheVersionTheClientsAreOf() throws IOException {
        Matcher version =
                Pattern.compile("<kafka.version>(.*)</kafka.version>").matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        assertThat(text(service("kafka"), "image")).isEqualTo("apache/kafka:" + version.group(1));
    }

    @Test
    void thePublishedPortIsTheManagementPortAndOnThisMachineOnly() {
        int port = Settings.of(Map.of()).integer("management.port");

        assertThat(strings(turnpike().get("ports"))).containsExactly("127.0.0.1:" + port + ":" + port);
        assertThat(dockerfile).contains("EXPOSE " + port);
    }

    @Test
    void theSignInIsMountedAsAFolder() {
        String file = variables(turnpike()).get("TURNPIKE_CODEX_AUTH_FILES");

        assertThat(strings(turnpike().get("volumes")))
                .containsExactly("${CODEX_HOME:-~/.codex}:" + Path.of(file).getParent(), "turnpike:/var/lib/turnpike");
    }

    @Test
    void theImageIsTheUnpackedArchive() throws IOException {
        assertThat(dockerfile)
                .contains(
                        "RUN mvn -q -B -Dfast package && mkdir /turnpike && \\",
                        "    tar -xzf target/run/turnpike-*.tar.gz --strip-components=1 -C /turnpike",
                        "COPY --from=build /turnpike ./",
                        "RUN bin/turnpike prepare",
                        "ENTRYPOINT [\"bin/turnpike\"]",
                        "CMD [\"run\"]");
        for (String packed : List.of("turnpike", "application.properties", "LICENSE", "NOTICE", "routes")) {
            assertThat(Files.readString(Path.of("src/main/assembly/distribution.xml")))
                    .contains(">" + packed + "<");
            assertThat(dockerfile.stream().filter(line -> line.startsWith("COPY ")))
                    .as(packed + " is copied to where the archive is made")
                    .anyMatch(line -> List.of(line.split(" ")).contains(packed));
        }
        List<String> ignored = Files.readAllLines(Path.of(".dockerignore"));
        for (String line : dockerfile) {
            if (line.startsWith("COPY ") && !line.contains("--from")) {
                List<String> words = List.of(line.split(" "));
                for (String source : words.subList(1, words.size() - 1)) {
                    assertThat(ignored).anyMatch(kept -> kept.startsWith("!" + source));
                    assertThat(Path.of(source)).exists();
                }
            }
        }
        assertThat(imageVariables().get("TURNPIKE_DATA_DIR")).isEqualTo("/var/lib/turnpike/data");
        assertThat(dockerfile).contains("VOLUME /var/lib/turnpike");
    }

    @Test
    void theContainerHasNoRightsItDoesNotNeed() {
        assertThat(turnpike().get("read_only")).isEqualTo(true);
        assertThat(strings(turnpike().get("cap_drop"))).containsExactly("ALL");
        assertThat(strings(turnpike().get("security_opt"))).containsExactly("no-new-privileges:true");
        assertThat(text(turnpike(), "user")).isEqualTo("${TURNPIKE_UID:-1000}:${TURNPIKE_GID:-1000}");
    }

    @Test
    void theImageHoldsNoSettingsOfWhoBuiltIt() {
        assertThat(String.join("\n", dockerfile)).contains("rm /turnpike/application.properties");
    }

    @Test
    void theHealthCheckDistinguishesLifeFromDeath() throws Exception {
        String check = dockerfile.stream()
                .filter(line -> line.startsWith("HEALTHCHECK "))
                .findFirst()
                .orElseThrow();
        String[] command = new ObjectMapper().readValue(check.substring(check.indexOf('[')), String[].class);
        AtomicInteger status = new AtomicInteger(200);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
        server.createContext("/observe/health/live", exchange -> {
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        server.start();
        ProcessBuilder process = new ProcessBuilder(command);
        process.environment()
                .put(
                        "TURNPIKE_MANAGEMENT_PORT",
                        Integer.toString(server.getAddress().getPort()));
        assertThat(process.start().waitFor()).isZero();
        status.set(503);
        assertThat(process.start().waitFor()).isNotZero();
        server.stop(0);
        assertThat(process.start().waitFor()).isNotZero();
    }

    @Test
    void monitoringIsStartedOnRequestAndReadsWhatIsInTheRepository() throws IOException {
        Map<?, ?> prometheus = yaml(Path.of("deploy/prometheus/prometheus.yaml"));
        Map<?, ?> source = yaml(Path.of("deploy/grafana/provisioning/datasources/prometheus.yaml"));
        Map<?, ?> dashboards = yaml(Path.of("deploy/grafana/provisioning/dashboards/turnpike.yaml"));

        for (String name : List.of("prometheus", "grafana")) {
            assertThat(strings(service(name).get("profiles"))).containsExactly("monitoring");
            assertThat(strings(service(name).get("ports")))
                    .singleElement()
                    .asString()
                    .startsWith("127.0.0.1:");
            assertThat(strings(service(name).get("volumes")))
                    .filteredOn(volume -> volume.startsWith("./"))
                    .isNotEmpty()
                    .allSatisfy(volume -> assertThat(Path.of(volume.substring(0, volume.indexOf(':'))))
                            .exists());
        }
        assertThat(strings(service("prometheus").get("command")))
                .contains("--config.file=/etc/prometheus/prometheus.yaml");
        assertThat(prometheus.get("rule_files")).isEqualTo(List.of("turnpike.rules.yaml"));
        assertThat(prometheus.get("scrape_configs").toString())
                .contains("targets=[turnpike:" + Settings.of(Map.of()).integer("management.port") + "]")
                .contains("metrics_path=/observe/metrics");
        assertThat(source.get("datasources").toString()).contains("url=http://prometheus:9090");
        assertThat(dashboards.get("providers").toString()).contains("path=/var/lib/grafana/dashboards");
        assertThat(strings(service("grafana").get("volumes")))
                .contains("./deploy/grafana/turnpike.json:/var/lib/grafana/dashboards/turnpike.json:ro");
    }

    private static Map<?, ?> yaml(Path file) throws IOException {
        return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
    }

    private Map<String, String> imageVariables() {
        Map<String, String> variables = new HashMap<>();
        dockerfile.stream()
                .filter(line -> line.startsWith("ENV "))
                .flatMap(line -> Arrays.stream(line.substring(4).split(" ")))
                .forEach(pair -> variables.put(pair.replaceFirst("=.*", ""), pair.replaceFirst("[^=]*=", "")));
        return variables;
    }

    private Map<?, ?> turnpike() {
        return service("turnpike");
    }

    private Map<?, ?> service(String name) {
        return (Map<?, ?>) services.get(name);
    }

    private static Map<String, String> variables(Map<?, ?> service) {
        Map<String, String> variables = new HashMap<>();
        ((Map<?, ?>) service.get("environment")).forEach((name, value) -> variables.put((String) name, (String) value));
        return variables;
    }

    private static String text(Object map, String key) {
        return (String) ((Map<?, ?>) map).get(key);
    }

    private static List<String> strings(Object list) {
        return ((List<?>) list).stream().map(String.class::cast).toList();
    }
}
