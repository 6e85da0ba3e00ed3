package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.TaskDetailsReader;
import dev.turnpike.codex.TurnMapReader;
import dev.turnpike.codex.UpstreamException;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;

/** Takes the replies about one task into its finding, as the route of the details names it. */
public final class TaskTurns {
    private final DriftObserver drift;
    private final TaskDetailsReader detailsReader;
    private final TurnMapReader turnsReader;

    public TaskTurns(DriftObserver drift) {
        this.drift = drift;
        this.detailsReader = new TaskDetailsReader(drift);
        this.turnsReader = new TurnMapReader(drift);
    }

    public void detailsArrived(@Body JsonNode reply, @ExchangeProperty("finding") TaskFinding finding) {
        finding.detailsArrived(detailsReader.read(reply, finding.taskId()));
    }

    public void turnsArrived(@Body JsonNode reply, @ExchangeProperty("finding") TaskFinding finding) {
        finding.turnsArrived(turnsReader.read(reply));
    }

    /** One turn of a chain, where there is no mapping. */
    public void turnArrived(@Body JsonNode reply, @ExchangeProperty("finding") TaskFinding finding) {
        finding.getChain().arrived(turnsReader.readTurn(reply));
    }

    /** The chain is as long as it will be. */
    public void chainDone(@ExchangeProperty("finding") TaskFinding finding) {
        finding.turnsArrived(finding.getChain().turns());
    }

    /** The details could not be had: the turn waits, or the task is gone. */
    public void detailsFailed(
            @ExchangeProperty("CamelExceptionCaught") Exception failure,
            @ExchangeProperty("finding") TaskFinding finding) {
        finding.detailsFailed(UpstreamFailure.of(failure));
    }

    /** The mapping could not be had; a 404 may mean that there is none here, and then the turns are followed back. */
    public void turnsFailed(
            @ExchangeProperty("CamelExceptionCaught") Exception failure,
            @ExchangeProperty("finding") TaskFinding finding) {
        UpstreamException upstream = UpstreamFailure.of(failure);
        if (upstream.kind() == UpstreamException.Kind.NOT_FOUND) {
            drift.seen("missing:turns-endpoint");
            finding.followBack();
        } else {
            finding.turnsFailed(upstream);
        }
    }

    /** A turn of the chain could not be had: without an endpoint for it what there is must do. */
    public void turnFailed(
            @ExchangeProperty("CamelExceptionCaught") Exception failure,
            @ExchangeProperty("finding") TaskFinding finding) {
        UpstreamException upstream = UpstreamFailure.of(failure);
        if (upstream.kind() == UpstreamException.Kind.NOT_FOUND) {
            drift.seen("missing:turn-endpoint");
            finding.getChain().broken();
        } else {
            finding.turnsFailed(upstream);
            finding.dropChain();
        }
    }
}
