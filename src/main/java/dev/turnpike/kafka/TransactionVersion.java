package dev.turnpike.kafka;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FinalizedVersionRange;

/**
 * Whether a cluster's transactions are the second version (KIP-890). In the first, the end of one transaction that
 * arrives late can end the next one (KAFKA-17754): records lost, or read although they were aborted.
 */
public final class TransactionVersion {
    private static final String FEATURE = "transaction.version";
    private static final int SAFE = 2;

    private TransactionVersion() {}

    /** What is wrong with the cluster's version and how to fix it; empty where nothing is, or it is unknown. */
    public static Optional<String> complaint(Admin admin, Duration patience) throws InterruptedException {
        try {
            FinalizedVersionRange range = admin.describeFeatures()
                    .featureMetadata()
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .finalizedFeatures()
                    .get(FEATURE);
            int version = range == null ? 0 : range.maxVersionLevel();
            return version >= SAFE
                    ? Optional.empty()
                    : Optional.of(FEATURE + " is " + version + ": a delayed EndTxn request can end the next"
                            + " transaction (KAFKA-17754); on brokers 4.0 or newer run kafka-features.sh upgrade --feature "
                            + FEATURE + "=" + SAFE + ", otherwise upgrade the brokers first");
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        }
    }
}
