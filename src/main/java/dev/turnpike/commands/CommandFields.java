package dev.turnpike.commands;

import static dev.turnpike.commands.CommandReader.malformed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.commands.TaskCommand.Kind;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the fields of one command strictly: a misspelt field would otherwise be ignored, and an unwanted task started.
 */
record CommandFields(TaskCommand.Key key, JsonNode data) {
    private static final String PREFIX = "dev.turnpike.codex.";
    private static final String VERSION = ".v1";
    private static final List<String> COMMON =
            List.of("account", "prompt", "mode", "when", "max_used_percent", "not_after");
    private static final Map<Kind, SortedSet<String>> FIELDS = Map.of(
            Kind.CREATE, fields(COMMON, "environment", "branch", "attempts", "starting_diff"),
            Kind.FOLLOW_UP, fields(COMMON, "task_id"),
            Kind.CANCEL, fields(List.of(), "command_id", "command_source"));
    private static final Map<String, String> NO_PLACE = Map.of(
            "approval_policy", "approval policies are the CLI's own, the API has none: tasks run in their container",
            "sandbox_policy", "sandbox policies are the CLI's own, the API has none: tasks run in their container",
            "cwd", "a task runs in its environment's checkout, the API has no working folder",
            "model", "the API takes no model for a task");

    private static SortedSet<String> fields(List<String> common, String... own) {
        SortedSet<String> fields = new TreeSet<>(common);
        fields.addAll(List.of(own));
        return fields;
    }

    /** @throws CommandRejectedException when type or fields are not those of a command */
    TaskCommand command(String type) {
        Kind kind = kind(type);
        known(kind);
        String prompt = kind == Kind.CANCEL ? null : required("prompt");
        return new TaskCommand(
                key,
                kind,
                text("account"),
                prompt,
                word("mode", List.of("code", "ask")).equals("ask"),
                word("when", List.of("possible", "now")).equals("now"),
                number("max_used_percent", 1, 100, null),
                kind == Kind.CREATE ? required("environment") : null,
                text("branch"),
                number("attempts", 1, 4, 1),
                text("starting_diff"),
                kind == Kind.FOLLOW_UP ? id("task_id") : null,
                time("not_after"),
                kind == Kind.CANCEL ? cancelled() : null);
    }

    /** Without a source it refers to a command of the same sender. */
    private TaskCommand.Key cancelled() {
        String source = text("command_source");
        return new TaskCommand.Key(source == null ? key.source() : source, required("command_id"));
    }

    private Instant time(String field) {
        String value = text(field);
        try {
            return value == null ? null : OffsetDateTime.parse(value).toInstant();
        } catch (DateTimeException e) {
            throw malformed(
                    field + " is \"" + shown(value) + "\"", "a time with its offset, such as 2026-11-22T18:00:00Z");
        }
    }

    private Kind kind(String type) {
        if (type == null) {
            throw malformed("the command has no type", "ce_type in the headers or type in the JSON: " + types());
        }
        String word = type.startsWith(PREFIX) && type.endsWith(VERSION)
                ? type.substring(PREFIX.length(), type.length() - VERSION.length())
                : type;
        for (Kind kind : Kind.values()) {
            if (kind.label().equals(word)) {
                return kind;
            }
        }
        if (word.replace('_', '-').endsWith("review-fix")) {
            throw reviewFix();
        }
        throw malformed("the type \"" + shown(type) + "\" is not known", types());
    }

    private static String types() {
        return Stream.of(Kind.values())
                .map(kind -> PREFIX + kind.label() + VERSION)
                .collect(Collectors.joining(", "));
    }

    private static CommandRejectedException reviewFix() {
        return new CommandRejectedException(
                "unsupported",
                "review_fix is known by name only: what it must contain is not known, so it is not sent",
                "a task.follow-up on the task that was reviewed");
    }

    private void known(Kind kind) {
        if (data.has("review_fix")) {
            throw reviewFix();
        }
        for (String field : (Iterable<String>) data::fieldNames) {
            if (NO_PLACE.containsKey(field)) {
                throw malformed(field + " does not apply here: " + NO_PLACE.get(field), "leave it out");
            }
            if (!FIELDS.get(kind).contains(field)) {
                throw malformed("field \"" + shown(field) + "\" is not known", String.join(", ", FIELDS.get(kind)));
            }
        }
    }

    private String required(String field) {
        String value = text(field);
        if (value == null) {
            throw malformed(field + " is missing", "a text");
        }
        return value;
    }

    private String id(String field) {
        String value = required(field);
        if (value.length() > 256 || !value.chars().allMatch(c -> c > ' ' && c < 0x7f) || value.startsWith(".")) {
            throw malformed(field + " is no id", "the id of a task, such as task_e_0123456789abcdef");
        }
        return value;
    }

    private String text(String field) {
        JsonNode value = data.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw malformed(field + " is no text", "a text that is not blank");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(value.textValue())) {
            throw malformed(
                    field + " holds half a letter (an unpaired surrogate)", "a text that is not cut within a letter");
        }
        return value.textValue();
    }

    private String word(String field, List<String> allowed) {
        String value = text(field);
        if (value == null) {
            return allowed.get(0);
        }
        if (!allowed.contains(value)) {
            throw malformed(field + " is \"" + shown(value) + "\"", String.join(" or ", allowed));
        }
        return value;
    }

    private Integer number(String field, int least, int most, Integer otherwise) {
        JsonNode value = data.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.intValue() < least
                || value.intValue() > most) {
            throw malformed(field + " is " + shown(value.toString()), "a whole number from " + least + " to " + most);
        }
        return value.intValue();
    }

    private static String shown(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", " ");
        return clean.codePointCount(0, clean.length()) > 60
                ? clean.substring(0, clean.offsetByCodePoints(0, 60)) + "…"
                : clean;
    }
}
