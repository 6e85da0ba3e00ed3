package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Collects what may be published of the items of an ended turn, page by page: messages and edits, no commands, output,
 * reasoning or tools. A turn can have 90 MB, so its diffs are kept up to a bound.
 */
public final class ThreadItems {
    private static final int KEPT_CHARACTERS = 4 * 1024 * 1024;

    private final String turnId;
    private final DriftObserver drift;
    private final List<Piece> pieces = new ArrayList<>();
    private int characters;

    /** One item, reduced to what may be published. */
    private record Piece(String type, String text, boolean last, List<Turn.FileEdit> edits) {}

    public ThreadItems(String turnId, DriftObserver drift) {
        this.turnId = turnId;
        this.drift = drift;
    }

    /** Adds the items of one more page, bare or each with its turn's id; those of another turn are left out. */
    public void add(Page page) {
        for (JsonNode element : page.items()) {
            Fields entry = new Fields(element);
            String owner = entry.text("turnId");
            boolean wrapped = entry.child("item").isPresent();
            if (!wrapped || owner == null || owner.equals(turnId)) {
                add(wrapped ? entry.child("item") : entry);
            }
        }
    }

    private void add(Fields item) {
        String type = item.text("type");
        drift.value("thread-item", type);
        switch (type == null ? "" : type) {
            case "userMessage" -> keep(type, userText(item), false, List.of());
            case "agentMessage" -> keep(type, item.text("text"), "final_answer".equals(item.text("phase")), List.of());
            case "fileChange" -> keep(type, null, false, edits(item));
            default -> {
                // an item of another type holds nothing that may be published
            }
        }
    }

    private void keep(String type, String text, boolean last, List<Turn.FileEdit> edits) {
        int length = text == null ? 0 : text.length();
        boolean fits = characters + length <= KEPT_CHARACTERS;
        characters += fits ? length : 0;
        pieces.add(new Piece(type, fits ? text : null, last, edits));
    }

    private static String userText(Fields item) {
        List<String> texts = new ArrayList<>();
        for (Fields content : item.objects("content")) {
            if ("text".equals(content.text("type")) && content.text("text") != null) {
                texts.add(content.text("text"));
            }
        }
        return texts.isEmpty() ? null : String.join("\n\n", texts);
    }

    /** An edit that failed or was declined has changed nothing. */
    private List<Turn.FileEdit> edits(Fields item) {
        String status = item.text("status");
        List<Turn.FileEdit> edits = new ArrayList<>();
        if (status != null && !status.equals("completed")) {
            return edits;
        }
        for (Fields change : item.objects("changes")) {
            String path = change.text("path");
            if (path != null) {
                edits.add(new Turn.FileEdit(path, kind(change), diff(change)));
            }
        }
        return edits;
    }

    private static Turn.FileEdit.Kind kind(Fields change) {
        Fields kind = change.child("kind");
        String word = kind.isPresent() ? kind.text("type") : change.text("kind");
        return switch (word == null ? "" : word) {
            case "add" -> Turn.FileEdit.Kind.ADDED;
            case "delete" -> Turn.FileEdit.Kind.DELETED;
            default -> kind.text("move_path") == null ? Turn.FileEdit.Kind.MODIFIED : Turn.FileEdit.Kind.RENAMED;
        };
    }

    private String diff(Fields change) {
        String diff = change.text("diff");
        if (diff == null || characters + diff.length() > KEPT_CHARACTERS) {
            return null;
        }
        characters += diff.length();
        return diff;
    }

    public boolean isEmpty() {
        return pieces.isEmpty();
    }

    /** In order of time: a turn begins with the user's message, whatever the order of the pages. */
    private List<Piece> inOrder() {
        List<Piece> ordered = new ArrayList<>(pieces);
        boolean ascending = !ordered.isEmpty() && ordered.get(0).type().equals("userMessage");
        if (!ascending) {
            Collections.reverse(ordered);
        }
        return ordered;
    }

    /** The user's prompt, null when it is not shown. */
    public String prompt() {
        String joined = inOrder().stream()
                .filter(piece -> piece.type().equals("userMessage"))
                .map(Piece::text)
                .filter(Objects::nonNull)
                .collect(Collectors.joining("\n\n"));
        return joined.isEmpty() ? null : joined;
    }

    public Turn in(Turn turn) {
        List<Piece> ordered = inOrder();
        List<Turn.FileEdit> edits =
                ordered.stream().flatMap(piece -> piece.edits().stream()).toList();
        return turn.with(turn.previousTurnId(), summary(ordered), null, edits);
    }

    /** The last message that is a final answer, else the last of all. */
    private static String summary(List<Piece> ordered) {
        Piece best = null;
        for (Piece piece : ordered) {
            boolean said = piece.type().equals("agentMessage") && piece.text() != null;
            if (said && (best == null || piece.last() || !best.last())) {
                best = piece;
            }
        }
        return best == null ? null : best.text();
    }
}
