package dev.turnpike.doctor;

import dev.turnpike.settings.Settings;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * All checks of {@code doctor}, in the order of the report.
 *
 * @param refresh whether a token that has ended may be refreshed, as the runtime would
 */
public record DoctorChecks(AccountProbe.Source accounts, Clock clock, boolean refresh) {
    /** Lasts some seconds if the network is slow; reports every failure. */
    public List<Check> of(Settings settings) {
        List<Check> checks = new ArrayList<>();
        String changed = settings.toString().replaceAll("^Settings\\[|]$", "");
        checks.add(Check.ok("settings", changed.isEmpty() ? "all defaults" : changed));
        settings.notices().forEach(notice -> checks.add(Check.warning("settings", notice, "")));
        if (!settings.networkSummary().isEmpty()) {
            checks.add(Check.ok("network", String.join(", ", settings.networkSummary())));
        }
        checks.addAll(TokenHosts.check(settings));
        checks.add(DataFolder.check(settings));
        checks.addAll(Ports.checkOpen(settings, Duration.ofSeconds(2)));
        AccountChecks accountChecks = new AccountChecks(clock, refresh);
        accounts.open(settings, refresh, probes -> probes.forEach(account -> checks.addAll(accountChecks.of(account))));
        checks.addAll(KafkaChecks.of(settings));
        checks.addAll(new SinkChecks(clock).of(settings));
        return checks;
    }
}
