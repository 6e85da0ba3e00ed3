package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads threads of the new Codex cloud. The live format is unknown, so everything but the id may be absent, null or of
 * another type; unknown elements are reported as drift.
 */
public record ThreadReader(DriftObserver drift) {
    private static final Pattern REPOSITORY = Pattern.compile(".*[/:]([\\w.-]+/[\\w.-]+?)(\\.git)?/?");
    private static final int LONGEST_URL = 1024;
    private static final int TITLE_LENGTH = 120;
    private static final int MOST_FLAGS = 8;

    /**
     * The thread in one element of a page, or in the reply to its id, with or without its wrapper.
     *
     * @throws MalformedItemException when it is no object, or has no usable id
     */
    public CloudThread read(JsonNode json) {
        Fields thread = new Fields(json);
        if (thread.child("thread").isPresent()) {
            thread = thread.child("thread");
        }
        if (!thread.isPresent()) {
            throw new MalformedItemException("The element is " + Fields.kind(json) + ", a thread object is expected");
        }
        String id = thread.id("id");
        if (id == null) {
            throw new MalformedItemException("The thread " + thread.idProblem("id"));
        }
        drift.fields("thread", thread.object());
        Fields git = thread.child("gitInfo");
        Task task = new Task(
                id,
                title(thread),
                thread.instant("createdAt"),
                thread.instant("updatedAt"),
                null,
                git.text("branch"),
                null,
                false,
                new Task.LatestTurn(null, TurnStatus.UNKNOWN, null, null, 1),
                List.of(),
                new Task.ThreadState(waitsFor(thread.child("status"))));
        return new CloudThread(
                task,
                repository(git.text("originUrl")),
                "active".equals(status(thread)),
                thread.text("parentThreadId") != null,
                thread.text("forkedFromId") != null);
    }

    /** The preview is the first prompt, so only the beginning of its first line is used as a title. */
    private static String title(Fields thread) {
        String name = thread.text("name");
        if (name != null || thread.text("preview") == null) {
            return name;
        }
        String line = thread.text("preview").strip().lines().findFirst().orElseThrow();
        return line.length() <= TITLE_LENGTH ? line : Fields.cut(line, TITLE_LENGTH - 1) + "…";
    }

    /** An object with a type; a bare string is accepted. */
    private String status(Fields thread) {
        String word =
                thread.child("status").isPresent() ? thread.child("status").text("type") : thread.text("status");
        if (word != null) {
            drift.value("thread-status", word);
        }
        return word;
    }

    private SortedSet<String> waitsFor(Fields status) {
        SortedSet<String> flags = new TreeSet<>();
        for (JsonNode flag : status.list("activeFlags")) {
            if (flag.isTextual() && flags.size() < MOST_FLAGS) {
                drift.value("thread-flag", flag.textValue());
                flags.add(DriftObserver.bounded(flag.textValue()));
            }
        }
        return flags;
    }

    private static String repository(String url) {
        if (url == null || url.length() > LONGEST_URL) {
            return null;
        }
        Matcher matcher = REPOSITORY.matcher(url.strip());
        return matcher.matches() ? matcher.group(1) : null;
    }
}
