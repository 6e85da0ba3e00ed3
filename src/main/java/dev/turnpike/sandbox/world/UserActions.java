package dev.turnpike.sandbox.world;

import dev.turnpike.sandbox.world.SandboxTurn.Work;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/** What users do, and the effects, at a given time. Guarded by the world's lock. */
final class UserActions {
    /** So many more than are kept, so that not every new task looks for the oldest. */
    private static final int SOME = 100;

    private final World world;
    private final Stories stories = new Stories();
    /** In the order of their creation, also of tasks that were deleted, until old tasks are dropped. */
    private final List<SandboxTask.UserTurn> userTurns = new ArrayList<>();

    private final Set<String> sources;
    private final int mostTasks;
    private int created;
    private int pullRequests = 411;

    /**
     * @param sources where new tasks live: {@code tasks}, {@code threads}, or both alternately
     * @param mostTasks how many tasks of an account are kept; of more, the oldest that have ended are dropped
     */
    UserActions(World world, Set<String> sources, int mostTasks) {
        this.world = world;
        this.sources = sources;
        this.mostTasks = mostTasks;
    }

    List<SandboxTask.UserTurn> userTurns() {
        return userTurns;
    }

    SandboxTask create(TaskRequest request, SplittableRandom own, Instant at) {
        if (request.attempts() < 1 || request.attempts() > 4) {
            throw new IllegalArgumentException("attempts: " + request.attempts() + " is not between 1 and 4");
        }
        boolean thread = sources.contains("threads") && (sources.size() == 1 || created++ % 2 == 0);
        SandboxAccount account = world.account(request.account());
        SandboxEnvironment environment = SandboxEnvironment.of(request.environmentId());
        Story story = request.question()
                ? stories.question(environment.repository(), own)
                : stories.change(environment.repository(), own);
        String generated = request.prompt() == null ? story.title() : titleFrom(request.prompt());
        SandboxTask task = new SandboxTask(
                thread ? threadId(own, at) : "task_e_" + hex(own),
                account,
                environment,
                request.branch(),
                request.title() == null ? generated : request.title(),
                own.split(),
                at);
        account.tasks.put(task.id, task);
        open(task, null, request.prompt(), story, request.question(), thread ? 1 : request.attempts(), at);
        if (account.tasks.size() - SOME > mostTasks) {
            dropOldest(account);
        }
        return task;
    }

    private void dropOldest(SandboxAccount account) {
        account.tasks.values().stream()
                .filter(SandboxTask::hasEnded)
                .sorted(Comparator.comparing(task -> task.updatedAt))
                .limit(account.tasks.size() - mostTasks)
                .toList()
                .forEach(task -> account.tasks.remove(task.id));
        userTurns.removeIf(userTurn -> userTurn.task().isDeleted());
    }

    SandboxTask.UserTurn followUp(SandboxTurn from, String prompt, boolean question, int attempts, Instant at) {
        SandboxTask task = from.userTurn.task();
        Story story = question
                ? stories.question(task.environment.repository(), task.random)
                : stories.followUp(task.title, task.random);
        SandboxTask.UserTurn userTurn = open(task, from.id, prompt, story, question, attempts, at);
        task.touch(at);
        return userTurn;
    }

    void openPullRequest(SandboxTurn turn, Instant at) {
        SandboxTask task = turn.userTurn.task();
        String head = "codex/" + task.title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        task.pullRequests.add(new SandboxTask.PullRequest(++pullRequests, turn.id, task.title, head, false));
        task.touch(at);
    }

    Work workFor(SandboxTurn turn, TurnState how) {
        Story story = turn.userTurn.story();
        return switch (how) {
            case FAILED -> stories.failure(turn.userTurn.task().random);
            case COMPLETED -> turn.placement == 0 ? story.done() : story.doneOtherwise();
            default -> Work.NOTHING;
        };
    }

    private SandboxTask.UserTurn open(
            SandboxTask task,
            String continues,
            String prompt,
            Story story,
            boolean question,
            int attempts,
            Instant at) {
        String words = prompt == null ? story.prompt() : prompt;
        String userTurnId = task.id + "~usertrn_e_" + hex(task.random);
        SandboxTask.UserTurn userTurn =
                new SandboxTask.UserTurn(task, userTurnId, continues, words, story, question, at, new ArrayList<>());
        for (int placement = 0; placement < attempts; placement++) {
            userTurn.attempts()
                    .add(new SandboxTurn(task.id + "~assttrn_e_" + hex(task.random), placement, userTurn, at));
        }
        task.userTurns.add(userTurn);
        userTurns.add(userTurn);
        return userTurn;
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
