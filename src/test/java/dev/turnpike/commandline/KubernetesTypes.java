package dev.turnpike.commandline;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a cluster would say of an object: the types are made of the schemas of Kubernetes and of Prometheus' operator. */
final class KubernetesTypes {
    static final Map<String, Class<? extends HasMetadata>> KINDS = Stream.of(
                    ConfigMap.class,
                    Deployment.class,
                    PodDisruptionBudget.class,
                    PrometheusRule.class,
                    Service.class,
                    ServiceMonitor.class)
            .collect(Collectors.toMap(Class::getSimpleName, Function.identity()));

    /** The types have a place for fields they do not know, which is what this is to find. */
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated member) {
                    return false;
                }
            })
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private KubernetesTypes() {}

    /** Throws where the version, the kind, or a field or its type is unknown. */
    static void check(JsonNode object) throws IOException {
        Class<? extends HasMetadata> type = KINDS.get(object.path("kind").asText());
        if (type == null
                || !HasMetadata.getApiVersion(type)
                        .equals(object.path("apiVersion").asText())) {
            throw new IOException("unknown kind or version: " + object.path("kind") + " " + object.path("apiVersion"));
        }
        STRICT.treeToValue(object, type);
    }
}
