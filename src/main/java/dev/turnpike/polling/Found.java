package dev.turnpike.polling;

import java.util.ArrayList;
import java.util.List;

/** The changed tasks that came out of a split, in order. */
public final class Found {
    private final List<TaskFinding> tasks = new ArrayList<>();

    void add(TaskFinding finding) {
        tasks.add(finding);
    }

    public List<TaskFinding> tasks() {
        return tasks;
    }
}
