package dev.turnpike.polling;

import dev.turnpike.events.AttemptsEvents;
import dev.turnpike.events.TaskSnapshots;
import dev.turnpike.events.TurnEvents;

/** What makes events of that which a poll of tasks finds. */
public record PollEvents(TurnEvents turns, TaskSnapshots snapshots, AttemptsEvents attempts) {}
