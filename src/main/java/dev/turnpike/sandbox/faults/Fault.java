package dev.turnpike.sandbox.faults;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.http.Labels;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Faults of the stand-in. */
public enum Fault {
    /** 401 although the token is good. */
    UNAUTHORIZED(When.INSTEAD),
    /** 403 with a challenge page of a content network: says nothing about the credentials. */
    CHALLENGE(When.INSTEAD),
    /** 403 with a JSON body. */
    FORBIDDEN(When.INSTEAD),
    /** 429 without Retry-After. */
    RATE_LIMITED(When.INSTEAD),
    /** 429 with Retry-After in seconds. */
    RATE_LIMITED_RETRY_AFTER(When.INSTEAD),
    /** 500; a POST may have had its effect, other than at the token endpoint. */
    INTERNAL_ERROR(When.EITHER),
    /** 502 with an HTML page; a POST may have had its effect. */
    BAD_GATEWAY(When.EITHER),
    /** 503; a POST may have had its effect. */
    UNAVAILABLE(When.EITHER),
    /** 302 to another host. */
    REDIRECT(When.INSTEAD),
    /** A web page with status 200. */
    HTML(When.INSTEAD),
    /** A whole reply whose JSON stops half-way. */
    TRUNCATED_JSON(When.AFTER),
    /** A whole reply that is no JSON. */
    MALFORMED_JSON(When.AFTER),
    /** A page with an item that is not a task. */
    MALFORMED_ITEM(When.AFTER, SandboxEndpoint.LIST),
    /** A page that names its own cursor as the next. */
    REPEATED_CURSOR(When.AFTER, SandboxEndpoint.LIST),
    /** The connection is closed in the middle of the body. */
    TRUNCATED_BODY(When.AFTER),
    /** A byte at a time. */
    DRIPPING(When.AFTER),
    /** An error reply a byte at a time. */
    DRIPPING_ERROR(When.EITHER),
    /** A body that never ends. */
    ENDLESS(When.AFTER),
    /** An error reply that never ends. */
    ENDLESS_ERROR(When.EITHER),
    /** A few hundred kilobytes that unpack to 256 MiB. */
    GZIP_BOMB(When.AFTER),
    /** No reply at all, on an open connection. */
    HANG(When.AFTER),
    /** Half a body and then silence, on an open connection. */
    STALL(When.AFTER),
    /** A TCP reset instead of a reply. */
    RESET(When.AFTER),
    /** The endpoint of the turns mapping does not exist. */
    TURNS_MISSING(When.INSTEAD, SandboxEndpoint.TURNS),
    /** The details of a task cannot be fetched. */
    DETAILS_FAILING(When.INSTEAD, SandboxEndpoint.DETAILS),
    /** One of the page's real tasks is damaged, so that it cannot be read this time. */
    DAMAGED_ITEM(When.AFTER, SandboxEndpoint.LIST),
    /** One of the page's tasks has an unknown status. */
    UNKNOWN_STATUS(When.AFTER, SandboxEndpoint.LIST),
    /** The page's tasks are not in order. */
    SHUFFLED_PAGE(When.AFTER, SandboxEndpoint.LIST),
    /** The page's tasks have no times. */
    PAGE_WITHOUT_TIMES(When.AFTER, SandboxEndpoint.LIST),
    /** A page without the key for its items. */
    PAGE_WITHOUT_ITEMS(When.AFTER, SandboxEndpoint.LIST);

    /** Whether a request with this fault has its effect. */
    public enum When {
        INSTEAD,
        EITHER,
        AFTER
    }

    /** Faults that change the content of the list; the others only make it hard to read. */
    private static final Set<Fault> DRIFT = EnumSet.range(DAMAGED_ITEM, PAGE_WITHOUT_ITEMS);

    private final When when;
    private final SandboxEndpoint only;

    Fault(When when) {
        this(when, null);
    }

    Fault(When when, SandboxEndpoint only) {
        this.when = when;
        this.only = only;
    }

    public When when() {
        return when;
    }

    /** The name in control requests: lower case with dashes. */
    @JsonValue
    public String label() {
        return Labels.of(this);
    }

    /** Whether the fault applies to an endpoint. */
    boolean fits(SandboxEndpoint endpoint) {
        boolean page = only == SandboxEndpoint.LIST && endpoint == SandboxEndpoint.THREADS;
        return only == null || only == endpoint || (page && this != UNKNOWN_STATUS);
    }

    /** Faults without false content: a readable reply is correct. */
    public static Set<Fault> all() {
        return EnumSet.complementOf(EnumSet.copyOf(DRIFT));
    }

    /** Faults with false content of a page. */
    public static Set<Fault> drift() {
        return EnumSet.copyOf(DRIFT);
    }

    /** The faults of these names; {@code all} and {@code drift} are names of groups. */
    public static Set<Fault> named(List<String> words) {
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        for (String word : words) {
            switch (word) {
                case "all" -> faults.addAll(all());
                case "drift" -> faults.addAll(DRIFT);
                default -> faults.add(Labels.find("faults", Fault.class, word, "all", "drift"));
            }
        }
        return faults;
    }
}
