package dev.turnpike.commands;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.events.Bounded;
import dev.turnpike.events.DeadLetterHeaders;
import dev.turnpike.events.EventRecords;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Writes the replies to commands, as CloudEvents whose {@code correlationid} is the command's id, and the dead letters of
 * invalid ones.
 *
 * @param prefix of the topics' names
 */
record CommandReplies(String prefix, TaskLinks links) {
    /** The source of replies that belong to no account. */
    private static final String NOBODY = "/turnpike/commands";

    private static final int TEXT_BYTES = 4096;
    private static final int LARGEST_LETTER = 768 * 1024;
    private static final int SMALL_BYTES = 256;
    private static final Set<String> OPTIONAL = Set.of("expected", "candidates", "environment", "branch");

    ProducerRecord<String, byte[]> accepted(CommandRun run, Outcome.Accepted accepted, Instant at) {
        ObjectNode data = data(run.key(), run.command().kind());
        data.put("task_id", accepted.taskId());
        put(data, "turn_id", accepted.turnId());
        data.put("url", links.of(accepted.taskId()));
        put(data, "account", run.accountId());
        if (run.environment != null) {
            ObjectNode environment = data.putObject("environment").put("id", run.environment.id());
            put(environment, "label", run.environment.label());
        }
        if (!run.isFollowUp() && !accepted.found()) {
            put(data, "branch", run.branch());
        }
        if (accepted.found()) {
            data.put("found_by_search", true);
        }
        return reply("command.accepted", run.key(), "", run.accountId(), accepted.taskId(), data, at);
    }

    ProducerRecord<String, byte[]> rejected(
            TaskCommand.Key key, TaskCommand.Kind kind, String account, CommandRejectedException why, Instant at) {
        ObjectNode data = data(key, kind);
        data.put("reason", why.reason());
        put(data, "detail", why.getMessage());
        put(data, "expected", why.expected());
        data.put("outcome", why.isUnknown() ? "unknown" : "not-executed");
        if (!why.candidates().isEmpty()) {
            ArrayNode candidates = data.putArray("candidates");
            why.candidates()
                    .forEach(one -> candidates.add(Bounded.of(one, SMALL_BYTES).text()));
        }
        put(data, "account", account);
        return reply("command.rejected", key, "", account, null, data, at);
    }

    ProducerRecord<String, byte[]> deferred(CommandRun run, CommandDeferredException why, Instant until, Instant at) {
        ObjectNode data = data(run.key(), run.command().kind());
        data.put("reason", why.reason());
        put(data, "detail", why.getMessage());
        data.put("until", until.toString());
        put(data, "account", run.accountId());
        return reply("command.deferred", run.key(), ":" + why.reason() + ":" + until, run.accountId(), null, data, at);
    }

    ProducerRecord<String, byte[]> cancelled(TaskCommand cancel, String account, Instant at) {
        ObjectNode data = data(cancel.key(), cancel.kind());
        data.put("cancelled_command_id", cancel.cancels().id());
        put(data, "cancelled_command_source", cancel.cancels().source());
        put(data, "account", account);
        return reply("command.cancelled", cancel.key(), "", account, null, data, at);
    }

    /** @param kind null where that is not known */
    private static ObjectNode data(TaskCommand.Key key, TaskCommand.Kind kind) {
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("command_id", key.id());
        put(data, "command_source", key.source());
        put(data, "command_type", kind == null ? null : kind.label());
        return data;
    }

    private static void put(ObjectNode data, String name, String text) {
        if (text != null && !text.isEmpty()) {
            data.put(name, Bounded.of(text, TEXT_BYTES).text());
        }
    }

    private ProducerRecord<String, byte[]> reply(
            String type, TaskCommand.Key key, String more, String account, String taskId, ObjectNode data, Instant at) {
        ProducerRecord<String, byte[]> reply = new ProducerRecord<>(
                prefix + "replies", key.id(), data.toString().getBytes(StandardCharsets.UTF_8));
        EventRecords.cloudEvent(
                reply.headers(),
                key + ":" + type.substring("command.".length()) + more,
                account == null ? NOBODY : EventRecords.source(account),
                type,
                taskId,
                at);
        EventRecords.put(reply.headers(), "ce_correlationid", key.id());
        return reply;
    }

    /** The original record with its position and what is wrong with it. */
    ProducerRecord<String, byte[]> deadLetter(ConsumerRecord<String, byte[]> read, String reason, Instant at) {
        byte[] value = read.value();
        boolean cut = value != null && value.length > LARGEST_LETTER;
        ProducerRecord<String, byte[]> letter = new ProducerRecord<>(
                prefix + "dead-letters", key(read), cut ? Arrays.copyOf(value, LARGEST_LETTER) : value);
        DeadLetterHeaders.keep(read.headers(), letter.headers());
        DeadLetterHeaders.origin(letter.headers(), read.topic(), read.partition(), read.offset());
        DeadLetterHeaders.failure(letter.headers(), "commands", reason, 1, at, at);
        if (cut) {
            EventRecords.put(letter.headers(), DeadLetterHeaders.TRUNCATED, true);
        }
        return letter;
    }

    private static String key(ConsumerRecord<String, byte[]> read) {
        return read.key() == null || read.key().length() > TEXT_BYTES ? null : read.key();
    }

    /** Reduces a record that is too large for Kafka: a dead letter to its origin, a reply to its required fields. */
    ProducerRecord<String, byte[]> smallest(ProducerRecord<String, byte[]> refused) {
        boolean letter = refused.topic().equals(prefix + "dead-letters");
        ProducerRecord<String, byte[]> smaller = new ProducerRecord<>(
                refused.topic(), letter ? null : refused.key(), letter ? null : smallest(refused.value()));
        for (Header header : refused.headers()) {
            if (!letter
                    || (header.key().startsWith(DeadLetterHeaders.PREFIX)
                            && !header.key().equals(DeadLetterHeaders.TRUNCATED))) {
                byte[] value = header.value();
                boolean cut = letter && value.length > SMALL_BYTES;
                smaller.headers().add(header.key(), cut ? Arrays.copyOf(value, SMALL_BYTES) : value);
            }
        }
        if (letter) {
            EventRecords.put(smaller.headers(), DeadLetterHeaders.TRUNCATED, true);
        }
        return smaller;
    }

    private static byte[] smallest(byte[] value) {
        try {
            ObjectNode data = (ObjectNode) Json.MAPPER.readTree(value);
            data.remove(OPTIONAL);
            if (data.hasNonNull("detail")) {
                data.put(
                        "detail",
                        Bounded.of(data.get("detail").asText(), SMALL_BYTES).text());
            }
            return data.toString().getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("The reply is not JSON", e);
        }
    }
}
