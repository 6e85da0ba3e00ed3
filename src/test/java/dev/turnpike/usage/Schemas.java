package dev.turnpike.usage;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.turnpike.events.Event;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Holds events against the schemas that ship. */
public final class Schemas {
    private static final Map<String, JsonSchema> READ = new ConcurrentHashMap<>();

    private Schemas() {}

    /** Fails for an event without a schema, or that is not as its schema says. */
    public static void check(Event event) {
        JsonSchema schema = READ.computeIfAbsent(event.type(), Schemas::read);
        assertThat(schema.validate(event.data()))
                .as("%s %s", event.type(), event.data())
                .isEmpty();
        assertThat(event.data().toString()).doesNotContain("null");
        assertThat(event.id()).startsWith(event.account() + ":" + event.type());
    }

    private static JsonSchema read(String type) {
        InputStream schema = Schemas.class.getResourceAsStream("/schemas/" + type + ".v1.json");
        assertThat(schema).as("the schema of %s", type).isNotNull();
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schema);
    }
}
