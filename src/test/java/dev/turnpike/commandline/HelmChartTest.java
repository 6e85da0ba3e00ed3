package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Renders the Helm chart and holds it against the settings; {@code -Dupdate=true} writes the plain manifests anew. */
class HelmChartTest {
    private static final Path CHART = Path.of("deploy/helm/turnpike");
    private static final Path MANIFESTS = Path.of("deploy/kubernetes/turnpike.yaml");
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String ROUTE = "- route:\n    id: mine\n    from:\n      uri: direct:mine\n";
    private static final String EVERYTHING = """
            kafkaBrokers: kafka-1:9092,kafka-2:9092
            replicas: 3
            settings:
              poll.tasks.idle: 2m
              topics.partitions: 16
              kafka.properties.sasl.jaas.config: a\\b
            existingSecret: tokens
            secretKeys:
              slack.bot-token: slack
              board.token: board
            signIn:
              existingClaim: codex-home
              files: [one.json, two.json]
            extraRoutes:
              mine.camel.yaml: |
                - route:
                    id: mine
                    from:
                      uri: direct:mine
            board: {enabled: true}
            serviceMonitor: {enabled: true, labels: {release: prometheus}}
            prometheusRule: {enabled: true, labels: {release: prometheus}}
            dashboard: {enabled: true}
            """;

    @TempDir
    private Path folder;

    @Test
    void helmFindsNothingToComplainOf() {
        LintResult result = new Helm(CHART).lint().strict().call();

        assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
        assertThat(result.getMessages()).containsExactly("[INFO] Chart.yaml: icon is recommended");
    }

    @Test
    void thePlainManifestsAreTheChart() throws IOException {
        String rendered = "# helm template turnpike deploy/helm/turnpike --values deploy/kubernetes/values.yaml\n"
                + render(Files.readString(Path.of("deploy/kubernetes/values.yaml")))
                        .strip() + "\n";
        if (Boolean.getBoolean("update")) {
            Files.writeString(MANIFESTS, rendered);
        }

        assertThat(MANIFESTS).content().isEqualTo(rendered);
    }

    @Test
    void theRuntimeTakesTheSettingsItIsGiven() throws IOException {
        Map<String, JsonNode> objects = objects(EVERYTHING);
        JsonNode pod = pod(objects);
        Path extra = Files.createDirectory(folder.resolve("extra"));
        String properties = objects.get("ConfigMap turnpike")
                .at("/data/application.properties")
                .asText();
        assertThat(mount(pod, "routes")).isEqualTo("/opt/turnpike/routes-extra");
        Path file = folder.resolve("application.properties");
        Files.writeString(file, properties.replace("/opt/turnpike/routes-extra", extra.toString()));
        Map<String, String> environment = new HashMap<>();
        for (JsonNode variable : pod.at("/containers/0/env")) {
            Path secret = Path.of(variable.path("value").asText());
            assertThat(secret.getParent()).hasToString(mount(pod, "secrets"));
            Path token = Files.writeString(folder.resolve(secret.getFileName()), "xoxb-0123456789-abcdef\n");
            environment.put(variable.path("name").asText(), token.toString());
        }
        environment.put("TURNPIKE_SLACK_CHANNEL", "C0123");

        Settings settings = Settings.load(file, environment, Map.of());

        assertThat(settings.list("kafka.brokers")).containsExactly("kafka-1:9092", "kafka-2:9092");
        assertThat(settings.integer("topics.partitions")).isEqualTo(16);
        assertThat(settings.kafkaProperties()).containsEntry("sasl.jaas.config", "a\\b");
        assertThat(settings.text("slack.bot-token")).isEqualTo("xoxb-0123456789-abcdef");
        assertThat(settings.isSet("board.token")).isTrue();
        assertThat(settings.path("routes.extra")).isEqualTo(extra);
        assertThat(settings.paths("codex.auth-files"))
                .containsExactly(
                        Path.of(mount(pod, "sign-in"), "one.json"), Path.of(mount(pod, "sign-in"), "two.json"));
        assertThat(pod.at("/containers/0/ports").findValuesAsText("containerPort"))
                .containsExactly(
                        Integer.toString(settings.integer("management.port")),
                        Integer.toString(settings.integer("http.port")));
        assertThat(objects.get("ConfigMap turnpike-routes")
                        .at("/data/mine.camel.yaml")
                        .asText())
                .isEqualTo(ROUTE);
        assertThat(pod.path("volumes").findValuesAsText("claimName")).containsExactly("codex-home");
    }

    @Test
    void thePodHasNoRightsItDoesNotNeedAndIsProbed() throws IOException {
        JsonNode pod = pod(objects(Files.readString(Path.of("deploy/kubernetes/values.yaml"))));
        JsonNode container = pod.at("/containers/0");

        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        assertThat(pod.at("/automountServiceAccountToken").asBoolean(true)).isFalse();
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
        assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
                .isFalse();
        assertThat(container.at("/securityContext/capabilities/drop/0").asText())
                .isEqualTo("ALL");
        assertThat(Files.readString(Path.of("deploy/Dockerfile")))
                .contains("--uid " + pod.at("/securityContext/runAsUser").asText());
        // what the image writes to, with a read-only root
        assertThat(List.of(mount(pod, "data"), mount(pod, "tmp"))).containsExactly("/var/lib/turnpike", "/tmp");
        assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/observe/health/live");
        assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/observe/health/ready");
    }

    @Test
    void monitoringIsRenderedAsTheOperatorsOfPrometheusAndGrafanaReadIt() throws IOException {
        Map<String, JsonNode> objects = objects(EVERYTHING);
        JsonNode rules =
                YAML.readTree(Path.of("deploy/prometheus/turnpike.rules.yaml").toFile());
        JsonNode dashboard = objects.get("ConfigMap turnpike-dashboard");

        assertThat(objects.get("PrometheusRule turnpike").path("spec")).isEqualTo(rules);
        assertThat(objects.get("PrometheusRule turnpike")
                        .at("/metadata/labels/release")
                        .asText())
                .isEqualTo("prometheus");
        assertThat(objects.get("ServiceMonitor turnpike")
                        .at("/spec/endpoints/0/path")
                        .asText())
                .isEqualTo("/observe/metrics");
        assertThat(objects.get("ServiceMonitor turnpike").at("/spec/selector/matchLabels"))
                .isEqualTo(objects.get("Deployment turnpike").at("/spec/selector/matchLabels"));
        assertThat(dashboard.at("/metadata/labels/grafana_dashboard").asText()).isEqualTo("1");
        assertThat(new ObjectMapper()
                        .readTree(dashboard.at("/data/turnpike.json").asText()))
                .isEqualTo(new ObjectMapper()
                        .readTree(Path.of("deploy/grafana/turnpike.json").toFile()));
        assertThat(objects.get("PodDisruptionBudget turnpike")
                        .at("/spec/maxUnavailable")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void kubernetesAndThePrometheusOperatorKnowEveryField() throws IOException {
        for (String values : List.of(EVERYTHING, Files.readString(Path.of("deploy/kubernetes/values.yaml")))) {
            Map<String, JsonNode> objects = objects(values);
            assertThat(objects).hasSizeGreaterThan(2);
            for (JsonNode object : objects.values()) {
                KubernetesTypes.check(object);
            }
        }
        assertThat(objects(EVERYTHING).values())
                .extracting(object -> object.path("kind").asText())
                .containsAll(KubernetesTypes.KINDS.keySet());
    }

    @ParameterizedTest
    @CsvSource({
        "/spec/template/spec/containers/0, readinesProbe",
        "/spec/template/spec/securityContext, runAsNonroot",
        "/spec, revisionHistorylimit",
        "/metadata, label"
    })
    void aMisspeltFieldIsFound(String parent, String field) throws IOException {
        ObjectNode deployment = objects(EVERYTHING).get("Deployment turnpike").deepCopy();
        ((ObjectNode) deployment.at(parent)).putObject(field);

        assertThatThrownBy(() -> KubernetesTypes.check(deployment)).hasMessageContaining(field);
    }

    @Test
    void whatIsSwitchedOffIsNotRendered() throws IOException {
        assertThat(objects(Files.readString(Path.of("deploy/kubernetes/values.yaml"))))
                .containsOnlyKeys("ConfigMap turnpike", "Deployment turnpike", "Service turnpike");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {}                                                       | kafkaBrokers must be set
                    {kafkaBrokers: k:9092}                                   | a sign-in must be given
                    {kafkaBrokers: k:9092, secretKeys: {codex.access-token: t}} | secretKeys needs existingSecret
                    {kafkaBrokers: k:9092, signIn: {existingClaim: c}, board: {enabled: true}} | board.enabled needs board.token
                    {kafkaBrokers: k:9092, signIn: {existingClaim: c}, settings: {bind: localhost}} | settings must not have bind
                    {kafkaBrokers: k:9092, signIn: {existingClaim: c}, extraRoutes: {a.yaml: x}} | must end with .camel.yaml
                    {kafkaBrokers: k, signIn: {existingClaim: c}}            | kafkaBrokers
                    {kafkaBrokers: k:9092, signIn: {existingClaim: c}, replica: 2} | replica
                    {kafkaBrokers: k:9092, signIn: {existingClaim: c}, replicas: two} | replicas
                    {kafkaBrokers: k:9092, signIn: {existingClaim: c}, settings: {poll: {tick: 1s}}} | poll
                    """)
    void valuesThatWouldStartNothingAreRefused(String values, String complaint) {
        assertThatThrownBy(() -> render(values)).hasMessageContaining(complaint);
    }

    private String render(String values) throws IOException {
        Path file = Files.writeString(folder.resolve("values.yaml"), values);
        return new Helm(CHART)
                .template()
                .withName("turnpike")
                .withNamespace("default")
                .withValuesFile(file)
                .call();
    }

    /** The objects by kind and name. */
    private Map<String, JsonNode> objects(String values) throws IOException {
        Map<String, JsonNode> objects = new HashMap<>();
        for (JsonNode object : YAML.readerFor(JsonNode.class)
                .<JsonNode>readValues(render(values))
                .readAll()) {
            if (!object.isNull()) {
                objects.put(
                        object.path("kind").asText() + " "
                                + object.at("/metadata/name").asText(),
                        object);
            }
        }
        return objects;
    }

    private static JsonNode pod(Map<String, JsonNode> objects) {
        return objects.get("Deployment turnpike").at("/spec/template/spec");
    }

    /** Where the container finds a volume of the pod. */
    private static String mount(JsonNode pod, String volume) {
        assertThat(pod.path("volumes").findValuesAsText("name")).contains(volume);
        for (JsonNode mount : pod.at("/containers/0/volumeMounts")) {
            if (mount.path("name").asText().equals(volume)) {
                return mount.path("mountPath").asText();
            }
        }
        throw new AssertionError("not mounted: " + volume);
    }
}
