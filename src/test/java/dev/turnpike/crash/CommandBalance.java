package dev.turnpike.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.events.EventSchemas;
import dev.turnpike.runtime.CommandSender;
import dev.turnpike.runtime.CommandSender.Reply;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.world.Ledger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What commands were replied, held against the tasks that are there and the requests that were made.
 *
 * @param sender knows when attempts were written down
 * @param replies in order
 * @param tasks those of each prompt
 */
record CommandBalance(
        CommandSender sender, List<Reply> replies, Map<String, List<Ledger.Entry>> tasks, AttemptKills attempts) {
    private static final Logger log = LoggerFactory.getLogger(CommandBalance.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Faults after which nothing may have come of a request, and nobody can know. */
    private static final Set<Fault> WITHOUT_EFFECT = EnumSet.of(
            Fault.INTERNAL_ERROR,
            Fault.BAD_GATEWAY,
            Fault.UNAVAILABLE,
            Fault.DRIPPING_ERROR,
            Fault.ENDLESS_ERROR,
            Fault.REDIRECT,
            Fault.HTML);

    static CommandBalance of(SandboxBackend sandbox, CommandSender sender, Path authFile, AttemptKills attempts)
            throws Exception {
        return new CommandBalance(sender, sender.replies(), tasks(sandbox, authFile), attempts);
    }

    static List<Reply> finals(CommandSender sender) {
        return finals(sender.replies());
    }

    private static List<Reply> finals(List<Reply> replies) {
        return replies.stream().filter(Reply::isFinal).toList();
    }

    private static Map<String, List<Ledger.Entry>> tasks(SandboxBackend sandbox, Path authFile) throws Exception {
        String token =
                JSON.readTree(authFile.toFile()).at("/tokens/access_token").asText();
        HttpClient http = HttpClient.newHttpClient();
        Map<String, List<Ledger.Entry>> tasks = new HashMap<>();
        for (Ledger.Entry entry : sandbox.ledger().entries()) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create(sandbox.baseUri() + "/wham/tasks/" + entry.taskId()))
                    .header("authorization", "Bearer " + token)
                    .build();
            JsonNode task = JSON.readTree(
                    http.send(request, HttpResponse.BodyHandlers.ofString()).body());
            tasks.computeIfAbsent(
                            task.at("/current_user_turn/input_items/0/content/0/text")
                                    .asText(),
                            missing -> new ArrayList<>())
                    .add(entry);
        }
        return tasks;
    }

    private static String command(Reply reply) {
        return reply.data().path("command_id").asText();
    }

    private List<String> tasksOf(String prompt) {
        return tasks.getOrDefault(prompt, List.of()).stream()
                .map(Ledger.Entry::taskId)
                .toList();
    }

    /** One final reply per command, and it is true; no task twice; nothing unknown that could be known. */
    void assertEven(int commands) {
        replies.forEach(reply -> EventSchemas.assertValid(reply.message()));
        List<Reply> finals = finals(replies);
        assertThat(finals.stream().map(CommandBalance::command))
                .as("final replies")
                .doesNotHaveDuplicates()
                .hasSize(commands);
        attempts.assertNoneRepeated();
        assertThat(tasks.keySet())
                .as("tasks of one command")
                .allSatisfy(prompt -> assertThat(tasksOf(prompt)).as(prompt).hasSize(1));
        finals.forEach(this::assertTrue);
        assertKnown(finals);
    }

    private void assertTrue(Reply reply) {
        List<String> own = tasksOf(CommandCrashIT.prompt(command(reply)));
        if (reply.type().equals("accepted")) {
            assertThat(own)
                    .as(command(reply))
                    .containsExactly(reply.data().path("task_id").asText());
        } else if (!isUnknown(reply)) {
            assertThat(own)
                    .as(command(reply) + " was rejected: " + reply.data())
                    .isEmpty();
        }
    }

    private static boolean isUnknown(Reply reply) {
        return reply.data().path("outcome").asText().equals("unknown");
    }

    /** Nobody can know what became of a request of which nothing came and whose reply was cut or is no answer. */
    private boolean isUnknowable(Reply reply) {
        String prompt = CommandCrashIT.prompt(command(reply));
        Fault fault = attempts.lastFault(prompt);
        boolean lost = attempts.isCut(prompt) || (fault != null && WITHOUT_EFFECT.contains(fault));
        return (lost && tasksOf(prompt).isEmpty()) || (isUnknown(reply) && isLate(reply));
    }

    /** Nothing had come of the request when its time was over, on a machine that took longer; nobody looks for ever. */
    private boolean isLate(Reply reply) {
        Instant over = sender.attempted(command(reply)).plus(CommandCrashIT.CALL);
        return tasks.getOrDefault(CommandCrashIT.prompt(command(reply)), List.of()).stream()
                .anyMatch(task -> task.createdAt().isAfter(over));
    }

    private void assertKnown(List<Reply> finals) {
        List<Reply> knowable =
                finals.stream().filter(reply -> !isUnknowable(reply)).toList();
        List<String> missed = knowable.stream()
                .filter(CommandBalance::isUnknown)
                .map(reply -> command(reply) + ": " + attempts.story(CommandCrashIT.prompt(command(reply))) + ", "
                        + reply.data())
                .toList();
        log.info(
                "Commands judged accepted={} found={} unknown={} unknowable={} missed={} posts={}",
                finals.stream().filter(reply -> reply.type().equals("accepted")).count(),
                finals.stream()
                        .filter(reply -> reply.data().path("found_by_search").asBoolean())
                        .count(),
                finals.stream().filter(CommandBalance::isUnknown).count(),
                finals.size() - knowable.size(),
                missed.size(),
                attempts.posts());
        assertThat(missed)
                .as("unknown outcomes of %d that can be known", knowable.size())
                .hasSizeLessThanOrEqualTo(knowable.size() / 50);
    }

    /** The first commands were deferred, and carried out when the limit was reset. */
    void assertDeferred(int count, Instant reset) {
        for (int i = 0; i < count; i++) {
            String id = "c" + i;
            assertThat(replies.stream()
                            .filter(reply -> command(reply).equals(id))
                            .map(Reply::type))
                    .as(id)
                    .startsWith("deferred")
                    .hasSizeGreaterThan(1);
            assertThat(tasks.getOrDefault(CommandCrashIT.prompt(id), List.of()))
                    .as("tasks of " + id)
                    .allSatisfy(task -> assertThat(task.createdAt()).isAfterOrEqualTo(reset));
        }
    }
}
