package dev.turnpike.commands;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.Replies;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.call.CodexClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An upstream that shows what it was given, and has nothing else. */
final class ScriptedCalls implements CodexClient {
    /** The account that asks. */
    static final CommandAccount ACCOUNT = new CommandAccount("ws/user", null, null);

    /** The attempt's window begins here. */
    static final Instant WINDOW = Instant.parse("2026-11-22T10:00:00Z");

    private final Map<String, String> replies = new HashMap<>();
    private final Map<String, Runnable> afterwards = new HashMap<>();
    private final List<String> asked = new ArrayList<>();

    @Override
    public Reply call(CodexRequest request) {
        String cursor = request.query().get("cursor");
        String line = String.join("/", request.path()) + (cursor == null ? "" : "?" + cursor);
        asked.add(line);
        if (!replies.containsKey(line)) {
            throw new UpstreamException(UpstreamException.Kind.NOT_FOUND, 404, null, request.line() + ": 404", null);
        }
        String reply = replies.get(line);
        afterwards.getOrDefault(line, () -> {}).run();
        return new Reply(Replies.json(reply), null);
    }

    List<String> asked() {
        return asked;
    }

    /** Answers a path, with the cursor behind a question mark where there is one. */
    ScriptedCalls with(String path, String reply) {
        replies.put(path, reply);
        return this;
    }

    /** Does this when a path was answered. */
    void after(String path, Runnable action) {
        afterwards.put(path, action);
    }

    /** A page of the list. */
    ScriptedCalls page(String cursor, String next, String... items) {
        return with(
                "tasks/list" + (cursor == null ? "" : "?" + cursor),
                "{'items':[%s],'cursor':%s}"
                        .formatted(String.join(",", items), next == null ? "null" : "'" + next + "'"));
    }

    /** A task of the list: its times in seconds after the window's begin. */
    static String item(String id, String status, long created, long updated) {
        return """
                {'id':'%s','created_at':%d,'updated_at':%d,'task_status_display':
                 {'latest_turn_status_display':{'turn_id':'%s~1','turn_status':'%s'}}}""".formatted(id, at(created), at(updated), id, status);
    }

    /** The details of a task whose latest prompt is this. */
    static String details(String id, String userTurn, String assistantTurn) {
        return "{'task':{'id':'%s'},'current_user_turn':%s,'current_assistant_turn':%s}"
                .formatted(id, userTurn, assistantTurn);
    }

    static String user(String id, String previous, String prompt, long created) {
        return """
                {'id':'%s','type':'user','created_at':%d,'previous_turn_id':%s,'input_items':[{'type':'message',
                 'role':'user','content':[{'content_type':'text','text':'%s'}]}]}""".formatted(id, at(created), previous == null ? "null" : "'" + previous + "'", prompt);
    }

    /** @param attempt null where upstream does not place it */
    static String assistant(String id, String previous, Integer attempt) {
        return "{'id':'%s','type':'assistant','turn_status':'in_progress','previous_turn_id':'%s','attempt_placement':%s}"
                .formatted(id, previous, attempt);
    }

    static String mapping(String... turns) {
        List<String> entries = new ArrayList<>();
        for (String turn : turns) {
            entries.add("'" + Replies.json(turn).path("id").asText() + "':{'turn':" + turn + "}");
        }
        return "{'turn_mapping':{" + String.join(",", entries) + "}}";
    }

    private static long at(long seconds) {
        return WINDOW.plusSeconds(seconds).getEpochSecond();
    }

    /** A run that was sent with this prompt and whose end nobody saw; a follow-up goes on from {@code old~1}. */
    static CommandRun inDoubt(TaskCommand.Kind kind, String prompt) {
        boolean followUp = kind == TaskCommand.Kind.FOLLOW_UP;
        CommandRun sent = CommandRun.fresh(command("c", kind, prompt), WINDOW, null, 1);
        sent.account = ACCOUNT;
        sent.prompt = prompt;
        sent.turnId = followUp ? "old~1" : null;
        CommandRun run = CommandRun.stored(CommandState.attempting(sent, WINDOW, WINDOW.plusSeconds(1)), null);
        run.account = ACCOUNT;
        return run;
    }

    /** A patient command; a follow-up is of the task {@code old}. */
    static TaskCommand command(String id, TaskCommand.Kind kind, String prompt) {
        boolean followUp = kind == TaskCommand.Kind.FOLLOW_UP;
        return new TaskCommand(
                new TaskCommand.Key("", id),
                kind,
                null,
                prompt,
                false,
                false,
                null,
                followUp ? null : "e",
                null,
                1,
                null,
                followUp ? "old" : null,
                null,
                null);
    }
}
