package dev.turnpike.commandline.output;

import dev.turnpike.runtime.TurnpikeVersion;
import dev.turnpike.settings.Settings;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout.EventTemplateAdditionalField;
import org.slf4j.LoggerFactory;

/**
 * Applies {@code log.level} and {@code log.format}. Loggers that would print bearer tokens stay disabled at any level.
 */
public final class LogSettings {
    private static final List<String> LIBRARIES = List.of("org.apache", "io.vertx", "io.netty");
    /** Loggers that warn about normal operation: parts of Kafka's server, at each start and stop. */
    private static final List<String> ANXIOUS = List.of(
            "io.micrometer",
            "kafka",
            "state.change.logger",
            "org.apache.kafka.controller",
            "org.apache.kafka.coordinator",
            "org.apache.kafka.image",
            "org.apache.kafka.metadata",
            "org.apache.kafka.raft",
            "org.apache.kafka.server",
            "org.apache.kafka.storage");

    /** Below info these loggers print whole messages, including prompts and environment variables. */
    private static final String CAMEL = "org.apache.camel";

    /**
     * Apache HttpClient prints whole requests with their tokens, split so that no mask matches; Camel's HTTP component
     * prints each request's URL, and a webhook's URL can be a secret.
     */
    private static final List<String> HTTP = List.of("org.apache.hc", "org.apache.camel.component.http");

    /** Name of the shipped configuration; an operator's own configuration keeps its layouts. */
    private static final String SHIPPED = "turnpike";

    private static final String TEXT = "console";
    private static final String JSON = "json";

    private static volatile CompletableFuture<?> loading = CompletableFuture.completedFuture(null);

    private LogSettings() {}

    /** Starts Log4j in a thread of its own, in parallel to reading command line and settings, which logs nothing. */
    public static void load() {
        loading = CompletableFuture.runAsync(
                () -> LoggerFactory.getLogger(LogSettings.class), start -> new Thread(start, "logging").start());
    }

    /**
     * Sets log level and format.
     *
     * @param usual level where {@code log.level} is not set
     */
    public static void apply(Settings settings, Level usual) {
        // another thread may still read the configuration, and would put its levels in place of these
        loading.join();
        LoggerContext context = (LoggerContext) LogManager.getContext(false);
        format(settings, context);
        Level level = settings.isDefault("log.level") ? usual : Level.toLevel(settings.text("log.level"));
        // the root as well: routes of users log under names of their own
        Configurator.setLevel("dev.turnpike", level);
        Configurator.setLevel(LogManager.ROOT_LOGGER_NAME, level);
        LIBRARIES.forEach(library -> Configurator.setLevel(library, quieter(level)));
        Configurator.setLevel(CAMEL, noFiner(quieter(level)));
        HTTP.forEach(library -> Configurator.setLevel(library, noFiner(quieter(level))));
        ANXIOUS.forEach(part -> Configurator.setLevel(part, quieter(quieter(level))));
    }

    private static Level noFiner(Level level) {
        return level.isLessSpecificThan(Level.INFO) ? Level.INFO : level;
    }

    /** Libraries log one level less than Turnpike does, except at {@code trace}. */
    private static Level quieter(Level level) {
        if (level.isLessSpecificThan(Level.TRACE) || level.equals(Level.ERROR)) {
            return level;
        }
        return level.equals(Level.DEBUG) ? Level.INFO : level.equals(Level.INFO) ? Level.WARN : Level.ERROR;
    }

    /** With {@code log.format = json}, lines are objects in the Elastic Common Schema. */
    private static void format(Settings settings, LoggerContext context) {
        Configuration configuration = context.getConfiguration();
        if (!settings.text("log.format").equals(JSON)
                || !SHIPPED.equals(configuration.getName())
                || configuration.getAppender(JSON) != null) {
            return;
        }
        ConsoleAppender appender = ConsoleAppender.newBuilder()
                .setName(JSON)
                .setTarget(ConsoleAppender.Target.SYSTEM_ERR)
                .setConfiguration(configuration)
                .setLayout(JsonTemplateLayout.newBuilder()
                        .setConfiguration(configuration)
                        .setEventTemplateUri("classpath:EcsLayout.json")
                        .setEventTemplateAdditionalFields(new EventTemplateAdditionalField[] {
                            field("service.name", "turnpike"), field("service.version", TurnpikeVersion.text())
                        })
                        .build())
                .build();
        appender.start();
        configuration.addAppender(appender);
        LoggerConfig root = configuration.getRootLogger();
        root.addAppender(appender, null, null);
        root.removeAppender(TEXT);
        context.updateLoggers();
    }

    private static EventTemplateAdditionalField field(String key, String value) {
        return EventTemplateAdditionalField.newBuilder()
                .setKey(key)
                .setValue(value)
                .build();
    }
}
