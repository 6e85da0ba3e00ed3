package dev.turnpike.runtime;

import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.PropertyBindingSupport;

/**
 * Configures Camel from the settings alone. Camel would also read its own environment variables and files: {@code
 * CAMEL_COMPONENT_KAFKA_BROKERS} in a user's shell would send the sinks to another broker than the one the events are
 * in.
 */
final class CamelSetup {
    private static final String ADDITIONAL = "camel.component.kafka.additionalProperties";

    private static final String COMPONENTS = "camel.properties";

    private CamelSetup() {}

    /**
     * Creates a Main, not yet started.
     *
     * @param overrides properties over those of the settings
     */
    static Main main(Settings settings, Map<String, String> overrides) throws IOException {
        Main main = new Main() {
            /** It parses each route file again for options that Camel K writes in comments, which these do not have. */
            @Override
            protected void modelineRoutes(CamelContext context) {}
        };
        // set explicitly: Camel reads the environment for what is not set
        main.setPropertyPlaceholderLocations("false");
        main.configure()
                .withAutoConfigurationEnvironmentVariablesEnabled(false)
                .withAutoConfigurationSystemPropertiesEnabled(false);
        main.setRoutesCollector(RouteFile.collector(RouteFile.all(settings)));
        Properties usual = read(COMPONENTS, "management.properties");
        usual.stringPropertyNames().forEach(key -> main.addInitialProperty(key, usual.getProperty(key)));
        settings.asProperties().forEach(main::addOverrideProperty);
        Map<String, Object> empty = new HashMap<>();
        settings.kafkaProperties().forEach((key, value) -> {
            if (value.isEmpty()) {
                empty.put(key, value);
            } else {
                main.addOverrideProperty(ADDITIONAL + "[" + key + "]", value);
            }
        });
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeInitialize(BaseMainSupport initializing) {
                ((PropertiesComponent) initializing.getCamelContext().getPropertiesComponent())
                        .setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_NEVER);
            }

            @Override
            public void afterConfigure(BaseMainSupport configured) {
                if (!empty.isEmpty()) {
                    // Camel rejects an empty property, which Kafka may accept
                    configured
                            .getCamelContext()
                            .getComponent("kafka", KafkaComponent.class)
                            .getConfiguration()
                            .getAdditionalProperties()
                            .putAll(empty);
                }
            }
        });
        overrides.forEach(main::addOverrideProperty);
        return main;
    }

    /**
     * Creates a context without Camel Main, not yet started: Main takes a second of CPU to start, and a command that
     * calls Codex once does not need it. Components are set by the same properties.
     */
    static CamelContext context(Settings settings) throws IOException {
        DefaultCamelContext context = new DefaultCamelContext(false);
        context.disableJMX();
        PropertiesComponent properties = (PropertiesComponent) context.getPropertiesComponent();
        properties.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_NEVER);
        Properties all = read(COMPONENTS);
        all.putAll(settings.asProperties());
        properties.setInitialProperties(all);
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onComponentAdd(String name, Component component) {
                configure(context, name, component, all);
            }
        });
        context.build();
        return context;
    }

    private static void configure(CamelContext context, String name, Component component, Properties all) {
        String prefix = "camel.component." + name + ".";
        Map<String, Object> options = new HashMap<>();
        all.stringPropertyNames().stream()
                .filter(key -> key.startsWith(prefix))
                .forEach(key -> options.put(key.substring(prefix.length()), all.getProperty(key)));
        PropertyBindingSupport.build()
                .withCamelContext(context)
                .withTarget(component)
                .withConfigurer(component.getComponentPropertyConfigurer())
                .withProperties(options)
                .withIgnoreCase(true)
                .withMandatory(true)
                .bind();
    }

    /** Property files of this class's package, which the settings override. */
    private static Properties read(String... names) throws IOException {
        Properties properties = new Properties();
        for (String name : names) {
            try (InputStream file = CamelSetup.class.getResourceAsStream("/dev/turnpike/" + name)) {
                properties.load(file);
            }
        }
        return properties;
    }
}
