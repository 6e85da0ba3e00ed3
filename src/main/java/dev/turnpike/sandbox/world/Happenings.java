package dev.turnpike.sandbox.world;

import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/** The events of tasks at a given time, each recorded in the ledger. Guarded by the world's lock. */
public final class Happenings {
    private final Directory directory;
    private final Stories stories;
    private final Ledger ledger;
    private final boolean tasks;
    private final boolean threads;
    private int created;
    private int pullRequests = 411;

    /** @param sources where new tasks live: {@code tasks}, {@code threads}, or both in turn */
    public Happenings(Directory directory, Stories stories, Ledger ledger, Set<String> sources) {
        this.tasks = sources.contains("tasks");
        this.threads = sources.contains("threads");
        this.directory = directory;
        this.stories = stories;
        this.ledger = ledger;
    }

    SandboxTask create(TaskRequest request, SplittableRandom own, Instant at) {
        if (request.attempts() < 1 || request.attempts() > 4) {
            throw new IllegalArgumentException("attempts: " + request.attempts() + " is not between 1 and 4");
        }
        boolean thread = threads && (!tasks || created++ % 2 == 0);
        SandboxAccount account = directory.account(request.account());
        SandboxEnvironment environment = directory.environment(request.environmentId());
        Story story = request.question()
                ? stories.question(environment.repository(), own)
                : stories.change(environment.repository(), own);
        String title = request.title() != null
                ? request.title()
                : request.prompt() == null ? story.title() : titleFrom(request.prompt());
        SandboxTask task = new SandboxTask(
                thread ? threadId(own, at) : "task_e_" + hex(own),
                account,
                environment,
                request.branch(),
                title,
                own.split(),
                at);
        account.tasks.put(task.id, task);
        open(task, null, request.prompt(), story, request.question(), thread ? 1 : request.attempts(), at);
        return task;
    }

    void start(SandboxTurn turn, Instant at) {
        if (turn.state == TurnState.PENDING) {
            turn.state = TurnState.IN_PROGRESS;
            turn.lastEventAt = at;
            turn.round.task.title = turn.round.task.comingTitle;
            touch(turn.round.task, at);
        }
    }

    /** A thread waits for a person, or no longer does. */
    void waitFor(SandboxTask task, String what, Instant at) {
        task.waitsFor = what;
        touch(task, at);
    }

    void end(SandboxTurn turn, TurnState how, Work work, Instant at) {
        if (!how.ended()) {
            throw new IllegalArgumentException("a turn ends as completed, failed or cancelled, not as " + how.word());
        }
        SandboxTask task = turn.round.task;
        turn.end(how, work, at);
        task.title = task.comingTitle;
        task.unread = true;
        task.waitsFor = null;
        task.account.usage.spend(at);
        touch(task, at);
        ledger.ended(turn);
    }

    public SandboxTask.Round followUp(SandboxTurn from, String prompt, boolean question, int attempts, Instant at) {
        SandboxTask task = from.round.task;
        Story story = question
                ? stories.question(task.environment.repository(), task.random)
                : stories.followUp(task.title, task.random);
        SandboxTask.Round round = open(task, from.id, prompt, story, question, attempts, at);
        touch(task, at);
        return round;
    }

    void openPullRequest(SandboxTurn turn, Instant at) {
        SandboxTask task = turn.round.task;
        String head = "codex/" + task.title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        task.pullRequests.add(new SandboxTask.PullRequest(++pullRequests, turn.id, task.title, head, at));
        touch(task, at);
    }

    void mergePullRequest(SandboxTask task, Instant at) {
        task.pullRequests.stream()
                .filter(pull -> !pull.merged)
                .reduce((first, second) -> second)
                .ifPresent(pull -> {
                    pull.merged = true;
                    pull.state = "closed";
                    touch(task, at);
                });
    }

    void delete(SandboxTask task, Instant at) {
        ledger.gone(task, at);
        task.account.tasks.remove(task.id);
    }

    void archive(SandboxTask task, boolean archived, Instant at) {
        task.archived = archived;
        ledger.gone(task, archived ? at : null);
        touch(task, at);
    }

    Work workFor(SandboxTurn turn, TurnState how) {
        Story story = turn.round.story;
        return switch (how) {
            case FAILED -> stories.failure(turn.round.task.random);
            case COMPLETED -> turn.placement == 0 ? story.done() : story.doneOtherwise();
            default -> Work.NOTHING;
        };
    }

    private SandboxTask.Round open(
            SandboxTask task,
            String continues,
            String prompt,
            Story story,
            boolean question,
            int attempts,
            Instant at) {
        String words = prompt == null ? story.prompt() : prompt;
        SandboxTask.Round round = new SandboxTask.Round(
                task, task.id + "~usertrn_e_" + hex(task.random), continues, words, story, question, at);
        for (int placement = 0; placement < attempts; placement++) {
            round.attempts.add(new SandboxTurn(task.id + "~assttrn_e_" + hex(task.random), placement, round, at));
        }
        task.rounds.add(round);
        ledger.created(round);
        return round;
    }

    /** The task moves up in the list. */
    static void touch(SandboxTask task, Instant at) {
        task.updatedAt = at;
    }

    private static String titleFrom(String prompt) {
        String line = prompt.strip().lines().findFirst().orElse("Untitled");
        return line.length() <= 60 ? line : line.substring(0, 59) + "…";
    }

    /** As a UUID of version 7: it begins with the time. */
    private static String threadId(SplittableRandom random, Instant at) {
        String time = "%012x".formatted(at.toEpochMilli());
        String rest = hex(random);
        return time.substring(0, 8) + "-" + time.substring(8) + "-7" + rest.substring(0, 3) + "-8"
                + rest.substring(3, 6) + "-" + rest.substring(6, 18);
    }

    private static String hex(SplittableRandom random) {
        return "%016x%016x".formatted(random.nextLong(), random.nextLong());
    }
}
