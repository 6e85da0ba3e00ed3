package dev.turnpike.scan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.Page;
import dev.turnpike.comparison.KnownAccount;
import dev.turnpike.comparison.KnownAttempts;
import dev.turnpike.comparison.KnownTask;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The source of the tasks of one scan: how their list is requested and read, and how one of them is fetched. No other class of
 * a poll depends on which source it is.
 */
interface TaskSource {

    /** Whether the list has what moved last first, so that a scan may end where the last one began. */
    boolean isOrdered();

    /** A call of this source. */
    CodexRequest request(String... path);

    /** The call for the first page of the list. */
    CodexRequest list();

    Page page(JsonNode reply);

    /**
     * What is known of the account after first contact.
     *
     * @param date upstream's clock when it sent the page, null when it did not say
     */
    KnownAccount firstContact(Page page, Instant date);

    /** What an item of the list adds to what is known of its task; null if it adds nothing. */
    TaskUpdate compare(JsonNode item) throws MalformedItemException;

    /** A task that is to be fetched by id. */
    TaskUpdate unseen(String taskId, KnownTask known);

    /** Tasks to be fetched by id at each poll, since the list contradicts their details. */
    default List<String> conflicting() {
        return List.of();
    }

    /** The attempts that are still to be reported, by task id. */
    default Map<String, KnownAttempts> openAttempts() {
        return Map.of();
    }
}
