package dev.turnpike.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What the rules of Prometheus and the dashboard of Grafana ask of the metrics. */
final class OperatorQueries {
    static final Path RULES = Path.of("deploy/prometheus/turnpike.rules.yaml");
    static final Path DASHBOARD = Path.of("deploy/grafana/turnpike.json");

    private static final Pattern METRIC =
            Pattern.compile("\\b((?:turnpike|jvm|process)_[a-z_]+)(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)(=~|!=|!~|=)\"([^\"]*)\"");

    /** A metric that a query names, with the values that it asks for word by word. */
    record Asked(String metric, Set<String> labels, Map<String, String> equal) {
        boolean isIn(String sample) {
            return (sample.startsWith(metric + "{") || sample.startsWith(metric + " "))
                    && labels.stream().allMatch(label -> sample.contains(label + "=\""))
                    && equal.entrySet().stream()
                            .allMatch(entry -> sample.contains(entry.getKey() + "=\"" + entry.getValue() + "\""));
        }
    }

    private OperatorQueries() {}

    static List<Map<?, ?>> rules() throws IOException {
        Map<?, ?> file = (Map<?, ?>)
                new Load(LoadSettings.builder().build()).loadFromString(Files.readString(RULES));
        return ((List<?>) file.get("groups"))
                .stream()
                        .flatMap(group -> ((List<?>) ((Map<?, ?>) group).get("rules")).stream())
                        .<Map<?, ?>>map(rule -> (Map<?, ?>) rule)
                        .toList();
    }

    static JsonNode dashboard() throws IOException {
        return new ObjectMapper().readTree(Files.readString(DASHBOARD));
    }

    static List<String> dashboardQueries() throws IOException {
        List<String> queries = new ArrayList<>(dashboard().findValuesAsText("expr"));
        dashboard().at("/templating/list").forEach(variable -> {
            if (variable.path("type").asText().equals("query")) {
                queries.add(variable.at("/query/query").asText());
            }
        });
        return queries;
    }

    static Set<Asked> asked() throws IOException {
        Stream<String> alerts = rules().stream().map(rule -> (String) rule.get("expr"));
        return Stream.concat(alerts, dashboardQueries().stream())
                .flatMap(query -> METRIC.matcher(query).results())
                .map(found -> asked(found.group(1), found.group(2) == null ? "" : found.group(2)))
                .collect(Collectors.toSet());
    }

    private static Asked asked(String metric, String matchers) {
        Set<String> labels = new TreeSet<>();
        Map<String, String> equal = new TreeMap<>();
        Matcher matcher = MATCHER.matcher(matchers);
        while (matcher.find()) {
            boolean ofPrometheus = Set.of("namespace", "job").contains(matcher.group(1));
            if (!ofPrometheus) {
                labels.add(matcher.group(1));
            }
            if (!ofPrometheus && matcher.group(2).equals("=")) {
                equal.put(matcher.group(1), matcher.group(3));
            }
        }
        return new Asked(metric, labels, equal);
    }
}
