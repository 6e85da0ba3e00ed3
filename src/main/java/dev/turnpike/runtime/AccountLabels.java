package dev.turnpike.runtime;

import dev.turnpike.json.Digest;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces account names in metrics by stable pseudonyms, since every client of the management port can read them. The
 * log maps them to accounts.
 */
final class AccountLabels implements MeterFilter {
    private static final Logger log = LoggerFactory.getLogger(AccountLabels.class);
    private static final String LABEL = "account";
    private static final int BYTES = 6;

    private final Map<String, String> names = new ConcurrentHashMap<>();

    @Override
    public Meter.Id map(Meter.Id id) {
        String account = id.getTag(LABEL);
        return account == null ? id : id.replaceTags(replaced(id.getTags()));
    }

    private List<Tag> replaced(List<Tag> tags) {
        return tags.stream()
                .map(tag -> tag.getKey().equals(LABEL) ? Tag.of(LABEL, label(tag.getValue())) : tag)
                .toList();
    }

    private String label(String account) {
        String label = Digest.of(account, BYTES);
        if (names.put(label, account) == null) {
            log.info("Metrics show account as pseudonym account={} label={}", account, label);
        }
        return label;
    }

    /** The account of a label; the label itself where it is not a pseudonym. */
    String name(String label) {
        return names.getOrDefault(label, label);
    }
}
