package dev.turnpike.sinks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.spi.RouteTemplateParameterSource;

/** Makes the routes of the templates: one per configured sink, named like it. */
final class SinkRoutes implements RouteTemplateParameterSource {
    private final Map<String, Map<String, Object>> routes = new LinkedHashMap<>();

    void add(String routeId, String template, String name) {
        routes.put(routeId, Map.of("templateId", template, "name", name));
    }

    @Override
    public Map<String, Object> parameters(String routeId) {
        return routes.get(routeId);
    }

    @Override
    public Set<String> routeIds() {
        return routes.keySet();
    }
}
