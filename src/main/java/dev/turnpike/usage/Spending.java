package dev.turnpike.usage;

import dev.turnpike.usage.UsageReply.Limit;
import dev.turnpike.usage.UsageReply.SpendControl;
import dev.turnpike.usage.UsageReply.Window;
import java.util.ArrayList;
import java.util.List;

/** The workspace's limit on spending, looked at as one limit more: it blocks the account as the others do. */
final class Spending {
    static final String LIMIT = "spend_control";

    private Spending() {}

    /** The limits of the reply, and the one on spending where it says whether it is reached. */
    static List<Limit> withLimits(UsageReply reply) {
        List<Limit> limits = new ArrayList<>(reply.limits());
        SpendControl control = reply.spendControl();
        if (control != null && control.reached() != null) {
            List<Window> windows = control.usedPercent() == null
                    ? List.of()
                    : List.of(new Window("spending", 0, control.usedPercent(), control.resetsAt()));
            limits.add(new Limit(LIMIT, null, null, control.reached(), windows));
        }
        return limits;
    }
}
