package dev.turnpike.runtime;

import dev.turnpike.shard.Shards;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Readiness check: an instance is ready once it is a member of the group that distributes the shards. */
final class KafkaHealth extends AbstractHealthCheck {
    private final Shards shards;

    KafkaHealth(Shards shards) {
        super("turnpike", "turnpike-shards");
        this.shards = shards;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        builder.detail("shards.owned", shards.owned().toString());
        if (shards.isMember()) {
            builder.up();
        } else {
            builder.message(
                            "Not a member of the Kafka group that distributes the shards: this instance publishes nothing now")
                    .down();
        }
    }
}
