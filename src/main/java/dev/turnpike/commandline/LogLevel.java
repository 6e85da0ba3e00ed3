package dev.turnpike.commandline;

import dev.turnpike.settings.Settings;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;

/** Brings {@code log.level} to the log. What would write bearer tokens stays quiet at any level. */
final class LogLevel {
    private LogLevel() {}

    /** @param usual the level unless somebody set one */
    static void apply(Settings settings, Level usual) {
        Level level = settings.isDefault("log.level") ? usual : Level.toLevel(settings.text("log.level"));
        Configurator.setLevel("dev.turnpike", level);
        Configurator.setLevel(LogManager.ROOT_LOGGER_NAME, level);
        // Kafka's own talk is one level down unless somebody asks for much
        Level kafka = level.isLessSpecificThan(Level.DEBUG) ? level : quieter(level);
        Configurator.setLevel("org.apache.kafka", kafka);
        Configurator.setLevel("kafka", kafka);
    }

    private static Level quieter(Level level) {
        return level.isMoreSpecificThan(Level.WARN) ? Level.ERROR : Level.WARN;
    }
}
