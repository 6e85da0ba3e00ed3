package dev.turnpike.scan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;

/**
 * The calls of one poll about one task, or about the attempts at one request. They are made by one thread, and nothing else
 * accesses this object until they are done; what they found is reported by the poll's own thread, in the order of the list.
 */
abstract class TaskCalls {
    final TaskScan scan;
    final DriftObserver drift;
    final String taskId;
    /** The key of its deferral. */
    final String id;
    /** The last call about it that failed; null when none has. */
    UpstreamException failure;

    private boolean called;

    TaskCalls(TaskScan scan, String taskId, String id) {
        this.scan = scan;
        this.drift = scan.context.drift();
        this.taskId = taskId;
        this.id = id;
    }

    /** Makes the calls; each reply decides which call is next. */
    abstract void makeCalls();

    /** Adds what was found to the findings of the scan. */
    abstract void report();

    /** Calls about it failed, which were deferred. */
    void deferred() {}

    /** The calls were made: records their outcome for later polls, and reports it. */
    final void complete() {
        Deferrals deferrals = scan.memory.deferrals;
        if (called) {
            deferrals.recordFetched(id, scan.begun);
        }
        if (called && failure == null) {
            deferrals.succeeded(id);
        } else if (called) {
            deferrals.failed(id, failure, scan.begun);
            deferred();
        }
        report();
    }

    final JsonNode read(String... path) {
        return read(scan.source.request(path));
    }

    final JsonNode read(CodexRequest request) {
        called = true;
        JsonNode json = scan.context.codex().read(request).json();
        scan.calls.succeeded();
        return json;
    }

    /** Null if upstream answers 404. */
    final JsonNode find(String... path) {
        try {
            return read(path);
        } catch (UpstreamException e) {
            if (e.kind() != Kind.NOT_FOUND) {
                throw e;
            }
            return null;
        }
    }

    final void failed(UpstreamException e) {
        if (e != failure) {
            scan.calls.failed(e);
            failure = e;
        }
    }

    /** Whether the last failure uses up one of the few tries that there are. */
    final boolean countsAsTry() {
        return failure != null && scan.memory.deferrals.countsAsTry(id, failure, scan.begun);
    }
}
