package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Reads the other attempts at a turn's request from {@code GET tasks/{id}/turns/{turn}/sibling_turns}. */
public final class SiblingTurnsReader {
    private final Drift drift;
    private final TurnReader turns;

    public SiblingTurnsReader(DriftObserver observer) {
        this.drift = new Drift(observer);
        this.turns = new TurnReader(observer);
    }

    /**
     * The attempts other than the one that was asked about, in upstream's order; empty when there are none. One without
     * a usable id is left out, as the Codex CLI does.
     *
     * @throws UpstreamException of kind {@code MALFORMED} when the reply is no object, or its {@code sibling_turns} no array
     */
    public List<Turn> read(JsonNode reply) {
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
        for (JsonNode sibling : new Fields(reply).list("sibling_turns")) {
            Fields turn = new Fields(sibling);
            String id = turn.id("id");
            if (id == null) {
                drift.missing("sibling_turns.id");
            } else {
                read.add(turns.read(id, turn, true));
            }
        }
        return read;
    }
}
