package dev.turnpike.usage;

import dev.turnpike.usage.UsageReply.Limit;
import dev.turnpike.usage.UsageReply.SpendControl;
import dev.turnpike.usage.UsageReply.Window;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Converts the workspace's spending limit to a limit with one window; business plans have no other. Upstream does not
 * give the window's length; the Codex CLI calls it monthly.
 */
final class Spending {
    static final String LIMIT = "spend_control";
    private static final String WINDOW = "spending";

    private Spending() {}

    static boolean isSpending(Window window) {
        return window.name().equals(WINDOW);
    }

    /** The limits of the reply, including the spending limit where there is one. */
    static List<Limit> withLimits(UsageReply reply) {
        List<Limit> limits = new ArrayList<>(reply.limits());
        limit(reply).ifPresent(limits::add);
        return limits;
    }

    /** Empty without a spending limit. */
    static Optional<Limit> limit(UsageReply reply) {
        SpendControl control = reply.spendControl();
        Double used = control == null ? null : usedPercent(control);
        Boolean reached = reply.isSpent() ? Boolean.TRUE : control == null ? null : control.reached();
        if (used == null && reached == null) {
            return Optional.empty();
        }
        List<Window> windows = used == null
                ? List.of()
                : List.of(new Window(WINDOW, month(control.resetsAt()), used, control.resetsAt()));
        return Optional.of(new Limit(LIMIT, null, null, reached, windows));
    }

    static List<Window> windows(UsageReply reply) {
        return limit(reply).map(Limit::windows).orElse(List.of());
    }

    /** As given by upstream; where that is 0 or missing, from the amounts; null where both are missing. */
    private static Double usedPercent(SpendControl control) {
        if (control.usedPercent() != null && control.usedPercent() > 0) {
            return control.usedPercent();
        }
        Double none = control.usedPercent() == null ? null : Double.valueOf(0);
        BigDecimal limit = control.limit() == null ? BigDecimal.ZERO : new BigDecimal(control.limit());
        if (limit.signum() <= 0 || (control.used() == null && control.remaining() == null)) {
            return none;
        }
        BigDecimal used = control.used() == null
                ? limit.subtract(new BigDecimal(control.remaining()))
                : new BigDecimal(control.used());
        return used.multiply(BigDecimal.valueOf(100))
                .divide(limit, MathContext.DECIMAL32)
                .doubleValue();
    }

    /** The seconds of the month that ends then, 0 when unknown. */
    private static long month(Instant end) {
        return end == null
                ? 0
                : Duration.between(end.atOffset(ZoneOffset.UTC).minusMonths(1), end.atOffset(ZoneOffset.UTC))
                        .toSeconds();
    }
}
