package dev.turnpike.sandbox;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Accounts, environments and tasks, and everything that can happen to them. One lock guards it all: no reply ever shows
 * half a change, and {@link #atomically} makes several changes one.
 */
public final class World {
    private final ReentrantLock lock = new ReentrantLock();
    private final Clock clock;
    private final Stories stories;
    private final Ledger ledger;
    private final SplittableRandom random;
    private final Map<String, SandboxAccount> accounts = new LinkedHashMap<>();
    private final Map<String, SandboxEnvironment> environments = new LinkedHashMap<>();
    private int pullRequests = 411;

    World(Clock clock, Stories stories, Ledger ledger, SplittableRandom random) {
        this.clock = clock;
        this.stories = stories;
        this.ledger = ledger;
        this.random = random;
        SandboxEnvironment.all().forEach(environment -> environments.put(environment.id(), environment));
    }

    /**
     * Ids of what has come into being.
     *
     * @param turnId the assistant turn that is attempt 0
     * @param siblingTurnIds the other attempts; empty when there are none
     */
    public record Created(String taskId, String userTurnId, String turnId, List<String> siblingTurnIds) {
        public Created {
            siblingTurnIds = List.copyOf(siblingTurnIds);
        }
    }

    /** A task begins, all its attempts pending. */
    public Created create(TaskRequest request) {
        return atomically(() -> created(create(request, random.split(), clock.instant())));
    }

    /** A pending attempt begins to run; the task gets its title. */
    public void start(String turnId) {
        atomically(() -> start(turn(turnId), clock.instant()));
    }

    /** An attempt ends with what the task's story says: a change, an answer, an error, or nothing when cancelled. */
    public void end(String turnId, TurnState how) {
        atomically(() -> {
            SandboxTurn turn = turn(turnId);
            end(turn, how, workFor(turn, how), clock.instant());
        });
    }

    /**
     * An attempt ends. One that has ended already ends once more, differently.
     *
     * @throws IllegalArgumentException when the state is not one of an ended turn
     */
    public void end(String turnId, TurnState how, Work work) {
        atomically(() -> end(turn(turnId), how, work, clock.instant()));
    }

    /**
     * The user asks for more.
     *
     * @param turnId the assistant turn to go on from
     * @param prompt null takes one from the stories
     */
    public Created followUp(String turnId, String prompt) {
        return atomically(() -> created(followUp(turn(turnId), prompt, false, 1, clock.instant())));
    }

    /** The user opens a pull request from a turn; the task moves up in the list without a new turn. */
    public void openPullRequest(String turnId) {
        atomically(() -> openPullRequest(turn(turnId), clock.instant()));
    }

    /** The newest open pull request of the task is merged. */
    public void mergePullRequest(String taskId) {
        atomically(() -> {
            SandboxTask task = task(taskId);
            task.pullRequests.stream()
                    .filter(pull -> !pull.merged)
                    .reduce((first, second) -> second)
                    .ifPresent(pull -> {
                        pull.merged = true;
                        pull.state = "closed";
                        touch(task, clock.instant());
                    });
        });
    }

    /** The task moves up in the list although nothing happened. */
    public void touch(String taskId) {
        atomically(() -> touch(task(taskId), clock.instant()));
    }

    /** The task leaves the list of current tasks, or comes back to it. */
    public void archive(String taskId, boolean archived) {
        atomically(() -> archive(task(taskId), archived, clock.instant()));
    }

    /** The task is gone: not in any list, 404 by id. */
    public void delete(String taskId) {
        atomically(() -> {
            SandboxTask task = task(taskId);
            ledger.gone(task, clock.instant());
            task.account.tasks.remove(taskId);
        });
    }

    /** The running attempts of the task's latest request are cancelled. */
    public void cancel(String taskId) {
        atomically(() -> task(taskId).latest().attempts.stream()
                .filter(turn -> !turn.state.ended())
                .toList()
                .forEach(turn -> end(turn, TurnState.CANCELLED, Work.NOTHING, clock.instant())));
    }

    /** The task's turns have been read. */
    public void markRead(String taskId) {
        atomically(() -> task(taskId).unread = false);
    }

    /** What the task's story makes of an attempt that ends in this state. */
    public Work defaultWork(String turnId, TurnState how) {
        return atomically(() -> workFor(turn(turnId), how));
    }

    /** Runs several changes as one: no reply shows a state in between. */
    public void atomically(Runnable changes) {
        atomically(() -> {
            changes.run();
            return null;
        });
    }

    /** As {@link #atomically(Runnable)}, with a result. */
    public <T> T atomically(Supplier<T> changes) {
        lock.lock();
        try {
            return changes.get();
        } finally {
            lock.unlock();
        }
    }

    /** The assistant turn that is attempt 0 of the task's latest request. */
    public String latestTurn(String taskId) {
        return atomically(() -> task(taskId).latest().first().id);
    }

    // What follows is for this package; callers hold the lock through atomically where they do more than one step.

    SandboxAccount add(SandboxAccount account) {
        accounts.put(account.name, account);
        return account;
    }

    Collection<SandboxAccount> accounts() {
        return List.copyOf(accounts.values());
    }

    SandboxAccount account(String name) {
        SandboxAccount account = accounts.get(name);
        if (account == null) {
            throw new UnknownThingException("account", name);
        }
        return account;
    }

    Collection<SandboxEnvironment> environments() {
        return List.copyOf(environments.values());
    }

    SandboxEnvironment environment(String id) {
        SandboxEnvironment environment = environments.get(id);
        if (environment == null) {
            throw new UnknownThingException("environment", id);
        }
        return environment;
    }

    SandboxTask task(String id) {
        return accounts.values().stream()
                .map(account -> account.tasks.get(id))
                .filter(task -> task != null)
                .findFirst()
                .orElseThrow(() -> new UnknownThingException("task", id));
    }

    SandboxTurn turn(String turnId) {
        int tilde = turnId.indexOf('~');
        return task(tilde < 0 ? turnId : turnId.substring(0, tilde))
                .turn(turnId)
                .orElseThrow(() -> new UnknownThingException("assistant turn", turnId));
    }

    /** The account's tasks, latest change first. */
    List<SandboxTask> newestFirst(SandboxAccount account) {
        List<SandboxTask> tasks = new ArrayList<>(account.tasks.values());
        tasks.sort(Comparator.comparing((SandboxTask task) -> task.updatedAt)
                .thenComparing(task -> task.id)
                .reversed());
        return tasks;
    }

    SandboxTask create(TaskRequest request, SplittableRandom own, Instant at) {
        if (request.attempts() < 1 || request.attempts() > 4) {
            throw new IllegalArgumentException("attempts: " + request.attempts() + " is not between 1 and 4");
        }
        SandboxAccount account = account(request.account());
        SandboxEnvironment environment = environment(request.environmentId());
        Story story = request.question()
                ? stories.question(environment.repository(), own)
                : stories.change(environment.repository(), own);
        String title = request.title() != null
                ? request.title()
                : request.prompt() == null ? story.title() : titleFrom(request.prompt());
        SandboxTask task =
                new SandboxTask("task_e_" + hex(own), account, environment, request.branch(), title, own.split(), at);
        account.tasks.put(task.id, task);
        open(task, null, request.prompt(), story, request.question(), request.attempts(), at);
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

    void end(SandboxTurn turn, TurnState how, Work work, Instant at) {
        if (!how.ended()) {
            throw new IllegalArgumentException("a turn ends as completed, failed or cancelled, not as " + how.word());
        }
        SandboxTask task = turn.round.task;
        turn.end(how, work, at);
        task.title = task.comingTitle;
        task.unread = true;
        task.account.usage.spend(at);
        touch(task, at);
        if (turn.placement == 0) {
            ledger.ended(turn);
        }
    }

    SandboxRound followUp(SandboxTurn from, String prompt, boolean question, int attempts, Instant at) {
        SandboxTask task = from.round.task;
        Story story = question
                ? stories.question(task.environment.repository(), task.random)
                : stories.followUp(task.title, task.random);
        SandboxRound round = open(task, from.id, prompt, story, question, attempts, at);
        touch(task, at);
        return round;
    }

    void openPullRequest(SandboxTurn turn, Instant at) {
        SandboxTask task = turn.round.task;
        String head = "codex/" + task.title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        task.pullRequests.add(new SandboxPullRequest(++pullRequests, turn.id, task.title, head, at));
        touch(task, at);
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

    static Created created(SandboxRound round) {
        List<String> siblings =
                round.attempts.stream().skip(1).map(turn -> turn.id).toList();
        return new Created(round.task.id, round.userTurnId, round.first().id, siblings);
    }

    static Created created(SandboxTask task) {
        return created(task.latest());
    }

    private SandboxRound open(
            SandboxTask task,
            String continues,
            String prompt,
            Story story,
            boolean question,
            int attempts,
            Instant at) {
        String words = prompt == null ? story.prompt() : prompt;
        SandboxRound round = new SandboxRound(
                task, task.id + "~usertrn_e_" + hex(task.random), continues, words, story, question, at);
        for (int placement = 0; placement < attempts; placement++) {
            round.attempts.add(new SandboxTurn(task.id + "~assttrn_e_" + hex(task.random), placement, round, at));
        }
        task.rounds.add(round);
        ledger.created(round.first());
        return round;
    }

    private static void touch(SandboxTask task, Instant at) {
        task.updatedAt = at;
    }

    private static String titleFrom(String prompt) {
        String line = prompt.strip().lines().findFirst().orElse("Untitled");
        return line.length() <= 60 ? line : line.substring(0, 59) + "…";
    }

    private static String hex(SplittableRandom random) {
        return "%016x%016x".formatted(random.nextLong(), random.nextLong());
    }
}
