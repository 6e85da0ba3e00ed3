package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the turns of a task: all from {@code turns}, one from {@code turns/{turn}}, its other attempts from {@code sibling_turns}. */
public record TurnMapReader(DriftObserver drift) {
    /**
     * All turns of a task. A turn that cannot be used is left out; a reply that is a single turn reads as a map of that
     * one.
     *
     * @throws UpstreamException of kind {@code MALFORMED} when there is neither a mapping nor a turn
     */
    public TurnMap read(JsonNode reply) {
        Fields fields = new Fields(reply);
        JsonNode mapping = fields.object().get("turn_mapping");
        Map<String, Turn> byId = new LinkedHashMap<>();
        if (mapping == null) {
            Turn only = readTurn(reply);
            byId.put(only.id(), only);
        } else if (mapping.isObject()) {
            mapping.properties().forEach(entry -> {
                Turn turn = turn(entry.getKey(), new Fields(entry.getValue()));
                if (turn == null) {
                    drift.missing("turn_mapping.turn");
                } else {
                    byId.put(turn.id(), turn);
                }
            });
        } else {
            throw UpstreamException.malformed(
                    "The turns' \"turn_mapping\" is " + Fields.kind(mapping) + ", an object is expected");
        }
        return new TurnMap(fields.id("current_turn_id"), Collections.unmodifiableMap(byId));
    }

    /**
     * A single turn, bare or under {@code turn}.
     *
     * @throws UpstreamException of kind {@code MALFORMED} when there is no turn with a usable id
     */
    public Turn readTurn(JsonNode reply) {
        Fields inner = new Fields(reply).child("turn");
        try {
            return new TurnReader(drift).read(inner.isPresent() ? inner.object() : reply);
        } catch (MalformedItemException e) {
            throw UpstreamException.malformed(e.getMessage());
        }
    }

    /**
     * The attempts other than the one whose siblings were requested, in upstream's order; empty when there are none. One without
     * a usable id is left out, as the Codex CLI does.
     *
     * @throws UpstreamException of kind {@code MALFORMED} when the reply is no object, or its {@code sibling_turns} no array
     */
    public List<Turn> readSiblings(JsonNode reply) {
        if (!reply.isObject()) {
            throw UpstreamException.malformed(
                    "The sibling turns are " + Fields.kind(reply) + ", an object with \"sibling_turns\" is expected");
        }
        JsonNode siblings = reply.get("sibling_turns");
        if (siblings != null && !siblings.isNull() && !siblings.isArray()) {
            throw UpstreamException.malformed(
                    "The turns' \"sibling_turns\" is " + Fields.kind(siblings) + ", an array is expected");
        }
        List<Turn> read = new ArrayList<>();
        for (Fields turn : new Fields(reply).objects("sibling_turns")) {
            String id = turn.id("id");
            if (id == null) {
                drift.missing("sibling_turns.id");
            } else {
                read.add(new TurnReader(drift).read(id, turn, true));
            }
        }
        return read;
    }

    /** Null when the entry holds no usable turn. */
    private Turn turn(String key, Fields entry) {
        Fields turn = entry.child("turn");
        if (!turn.isPresent()) {
            if (entry.text("turn_status") == null) {
                return null;
            }
            turn = entry;
        }
        String id = turn.id("id");
        if (id == null) {
            id = entry.id("id");
        }
        if (id == null && Fields.isUsableId(key)) {
            id = key;
        }
        return id == null ? null : new TurnReader(drift).read(id, turn, TurnReader.isAssistant(id, turn));
    }
}
