package dev.turnpike.sandbox.faults;

import dev.turnpike.sandbox.api.SandboxEndpoint;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which faults are served, where and how often.
 *
 * @param faults one of these is chosen, each as likely as the others
 * @param rate the share of requests with a fault, between 0 and 1
 * @param endpoints endpoints; empty for every one but the token endpoint, where a fault loses a refresh token
 * @param account an account's short name, null for every one
 * @param times how many may be served in all
 */
public record FaultRule(Set<Fault> faults, double rate, Set<SandboxEndpoint> endpoints, String account, long times) {

    public FaultRule {
        if (faults.isEmpty()) {
            throw new IllegalArgumentException("faults: none is named");
        }
        if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException("rate: " + rate + " is not between 0 and 1");
        }
        faults = Collections.unmodifiableSet(new TreeSet<>(faults));
        endpoints = Collections.unmodifiableSet(new TreeSet<>(endpoints));
    }

    /** Every request but those to the token endpoint, at this rate. */
    public static FaultRule mixed(Set<Fault> faults, double rate) {
        return new FaultRule(faults, rate, Set.of(), null, Long.MAX_VALUE);
    }

    /** The next requests to these endpoints, or to any but the token endpoint. */
    public static FaultRule next(int times, Fault fault, SandboxEndpoint... endpoints) {
        return new FaultRule(EnumSet.of(fault), 1, Set.of(endpoints), null, times);
    }

    boolean covers(SandboxEndpoint endpoint, String who) {
        boolean here = endpoints.isEmpty() ? endpoint != SandboxEndpoint.TOKEN : endpoints.contains(endpoint);
        return here && (account == null || account.equals(who));
    }
}
