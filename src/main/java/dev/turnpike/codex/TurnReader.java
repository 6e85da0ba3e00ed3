package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.List;

/** Reads one turn without what must not be published: environments, logs, worklogs, thread and proxy events. */
public record TurnReader(DriftObserver drift) {
    /**
     * Reads one turn of the turns mapping or of the attempts.
     *
     * @throws MalformedItemException when it is no object, or has no usable id
     */
    public Turn read(JsonNode turn) {
        Fields fields = new Fields(turn);
        if (!fields.isPresent()) {
            throw new MalformedItemException("The turn is " + Fields.kind(turn) + ", an object is expected");
        }
        String id = fields.id("id");
        if (id == null) {
            throw new MalformedItemException("The turn " + fields.idProblem("id"));
        }
        return read(id, fields, isAssistant(id, fields));
    }

    /** Reads a turn whose id and role are known from elsewhere. */
    Turn read(String id, Fields turn, boolean assistant) {
        drift.fields("turn", turn.object());
        return assistant
                ? assistant(id, turn)
                : Turn.user(
                        id,
                        turn.instant("created_at"),
                        turn.id("previous_turn_id"),
                        turn.ids("sibling_turn_ids"),
                        TurnMessages.prompt(turn),
                        turn.text("branch"));
    }

    private Turn assistant(String id, Fields turn) {
        turn.objects("output_items").forEach(item -> drift.value("item-type", item.text("type")));
        String status = turn.text("turn_status");
        drift.status(status);
        TurnDiff diff = TurnDiff.of(turn);
        return new Turn(
                id,
                true,
                turn.count("attempt_placement").orElse(Turn.UNPLACED),
                TurnStatus.of(status),
                turn.instant("created_at"),
                turn.child("latest_event").instant("created"),
                turn.id("previous_turn_id"),
                turn.ids("sibling_turn_ids"),
                TurnMessages.assistant(turn),
                diff == null ? null : diff.diff(),
                diff == null ? null : diff.stats(),
                error(turn.child("error")),
                turn.text("branch"),
                repository(turn.child("environment").child("repo_map")),
                List.of());
    }

    static boolean isAssistant(String id, Fields turn) {
        for (String field : new String[] {"type", "role"}) {
            String side = turn.text(field);
            if ("assistant".equals(side) || "user".equals(side)) {
                return side.equals("assistant");
            }
        }
        return !id.contains("~usertrn_");
    }

    private static Turn.TurnError error(Fields error) {
        String code = error.text("code");
        String message = error.text("message");
        return code == null && message == null ? null : new Turn.TurnError(code, message);
    }

    /** The only field of an environment that is published, and only if it names exactly one repository. */
    private static String repository(Fields repositories) {
        Iterator<JsonNode> values = repositories.object().elements();
        if (!values.hasNext()) {
            return null;
        }
        String name = new Fields(values.next()).text("repository_full_name");
        return values.hasNext() ? null : name;
    }
}
