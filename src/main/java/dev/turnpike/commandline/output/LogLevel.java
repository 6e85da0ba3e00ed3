package dev.turnpike.commandline.output;

import dev.turnpike.settings.Settings;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;

/** Brings {@code log.level} and {@code log.format} to the log. What would write bearer tokens stays quiet at any level. */
public final class LogLevel {
    private static final List<String> LIBRARIES = List.of("org.apache", "io.vertx", "io.netty");
    /** They warn of what is as it should be: the parts of Kafka's server, of its every start and stop. */
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

    /** Below info it prints whole messages, what people wrote and the variables of their environments included. */
    private static final String CAMEL = "org.apache.camel";

    /**
     * Apache HttpClient prints whole requests, tokens included, and cuts them where no mask finds them; Camel's HTTP component
     * prints each request's URL, and a webhook's URL can be a secret.
     */
    private static final List<String> HTTP = List.of("org.apache.hc", "org.apache.camel.component.http");

    private LogLevel() {}

    /**
     * Sets level and format.
     *
     * @param usual the level unless somebody set one
     */
    public static void apply(Settings settings, Level usual) {
        LogFormat.apply(settings);
        Level level = settings.isDefault("log.level") ? usual : Level.toLevel(settings.text("log.level"));
        // the root as well: what routes of users log has names of its own
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

    /** What libraries have to say is one level less important, unless somebody wants everything. */
    private static Level quieter(Level level) {
        if (level.isLessSpecificThan(Level.TRACE) || level.equals(Level.ERROR)) {
            return level;
        }
        return level.equals(Level.DEBUG) ? Level.INFO : level.equals(Level.INFO) ? Level.WARN : Level.ERROR;
    }
}
