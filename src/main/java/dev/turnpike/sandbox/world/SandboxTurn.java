package dev.turnpike.sandbox.world;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** One attempt of Codex at one request. Guarded by the world's lock. */
public final class SandboxTurn {
    public final String id;
    public final int placement;
    public final SandboxTask.UserTurn userTurn;
    public final Instant createdAt;
    /** Each end, in order; more than one when it ended differently later. */
    final List<Ledger.Ending> endings = new ArrayList<>();

    public TurnState state = TurnState.PENDING;
    public Instant lastEventAt;
    public Instant cancellationRequestedAt;
    public Work work = Work.NOTHING;
    public DiffSize size;
    /** When its task left the list, null while it is there. */
    Instant goneAt;

    SandboxTurn(String id, int placement, SandboxTask.UserTurn userTurn, Instant createdAt) {
        this.id = id;
        this.placement = placement;
        this.userTurn = userTurn;
        this.createdAt = createdAt;
    }

    /** A pending attempt begins to run; the task gets its title. */
    void start(Instant at) {
        if (state == TurnState.PENDING) {
            state = TurnState.IN_PROGRESS;
            lastEventAt = at;
            userTurn.task().title = userTurn.task().comingTitle;
            userTurn.task().touch(at);
        }
    }

    void end(TurnState how, Work result, Instant at) {
        how.checkEnd();
        state = how;
        lastEventAt = at;
        work = result;
        size = result.diff() == null ? null : DiffSize.of(result.diff());
        cancellationRequestedAt = how == TurnState.CANCELLED ? at : null;
        endings.add(new Ledger.Ending(how, at));
        SandboxTask task = userTurn.task();
        task.title = task.comingTitle;
        task.unread = true;
        task.waitsFor = null;
        task.account.usage.spend(at);
        task.touch(at);
    }

    public record DiffSize(int files, int added, int removed) {
        /** Adds it as the service shows it. */
        public void describe(ObjectNode json) {
            json.put("files_modified", files).put("lines_added", added).put("lines_removed", removed);
        }

        /** Counted as the CLI counts: lines, without the headers of the files. */
        static DiffSize of(String diff) {
            return new DiffSize(
                    lines(diff, line -> line.startsWith("diff --git ")),
                    lines(diff, line -> line.startsWith("+") && !line.startsWith("+++")),
                    lines(diff, line -> line.startsWith("-") && !line.startsWith("---")));
        }

        private static int lines(String diff, Predicate<String> kind) {
            return (int) diff.lines().filter(kind).count();
        }
    }

    /**
     * The result of an attempt.
     *
     * @param text the assistant's message, null when it said nothing
     * @param diff unified diff, null when nothing was changed
     * @param errorCode null unless it failed
     * @param errorMessage null unless it failed
     */
    public record Work(String text, String diff, String errorCode, String errorMessage) {
        static final Work NOTHING = done(null, null);

        static Work done(String text, String diff) {
            return new Work(text, diff, null, null);
        }
    }
}
