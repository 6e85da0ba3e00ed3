package dev.turnpike.commandline.output;

import dev.turnpike.runtime.TurnpikeVersion;
import dev.turnpike.settings.Settings;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout.EventTemplateAdditionalField;

/** Brings {@code log.format} to the log: with {@code json}, lines are objects in the Elastic Common Schema. */
final class LogFormat {
    /** The name that the shipped configuration gives itself; another one is an operator's own and keeps its layouts. */
    private static final String SHIPPED = "turnpike";

    private static final String TEXT = "console";
    private static final String JSON = "json";

    private LogFormat() {}

    static void apply(Settings settings) {
        LoggerContext context = (LoggerContext) LogManager.getContext(false);
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
