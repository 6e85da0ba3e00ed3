package dev.turnpike.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.events.Event;
import dev.turnpike.events.EventSchemas;

/** Holds events against what readers are promised. */
final class Schemas {
    private Schemas() {}

    static void check(Event event) {
        EventSchemas.assertValid(event);
        assertThat(event.id()).startsWith(event.account() + ":" + event.type() + ":");
        assertThat(event.data().at("/account/id").asText()).isEqualTo(event.account());
    }
}
