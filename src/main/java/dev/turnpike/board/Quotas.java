package dev.turnpike.board;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/** How much of each usage window is used, now and over the last 24 hours. */
final class Quotas {
    private static final Duration SHOWN = Duration.ofHours(24);
    private static final Duration PAUSE = Duration.ofMinutes(2);

    private final Map<String, Window> windows = new TreeMap<>();

    private static final class Window {
        private BoardRecord observation;
        private JsonNode latest;
        private final Deque<double[]> samples = new ArrayDeque<>();
    }

    void observed(BoardRecord observation) {
        Instant at = observation.instant("observed_at");
        for (JsonNode window : observation.data().path("windows")) {
            String key = observation.account() + "|" + window.path("limit").asText() + "|"
                    + window.path("window_seconds").asText();
            Window known = windows.computeIfAbsent(key, unknown -> new Window());
            known.observation = observation;
            known.latest = window;
            double[] sample = {at.getEpochSecond(), window.path("used_percent").asDouble()};
            double[] last = known.samples.peekLast();
            if (last == null || last[1] != sample[1] || sample[0] - last[0] >= PAUSE.toSeconds()) {
                known.samples.addLast(sample);
            }
            while (sample[0] - known.samples.peekFirst()[0] > SHOWN.toSeconds()) {
                known.samples.removeFirst();
            }
        }
        windows.values()
                .removeIf(window -> window.observation.account().equals(observation.account())
                        && !window.observation.reference().equals(observation.reference()));
    }

    List<BoardSnapshot.Quota> view() {
        return windows.values().stream().map(Quotas::quota).toList();
    }

    private static BoardSnapshot.Quota quota(Window window) {
        BoardRecord observed = window.observation;
        JsonNode latest = window.latest;
        double used = latest.path("used_percent").asDouble();
        Instant resetsAt = BoardRecord.instant(latest, "resets_at");
        Instant at = observed.instant("observed_at");
        Double pace = pace(window.samples);
        return new BoardSnapshot.Quota(
                observed.account(),
                observed.data().path("account").path("plan").asText(null),
                latest.path("limit").asText(),
                latest.path("window").asText(),
                latest.path("window_seconds").asLong(),
                used,
                resetsAt,
                at,
                isBlocking(observed.data(), latest),
                pace,
                runsOut(used, pace, at, resetsAt),
                List.copyOf(window.samples));
    }

    /**
     * Upstream reports only that the ordinary limit is reached, so the most used window is taken for the one that
     * blocks.
     */
    private static boolean isBlocking(JsonNode usage, JsonNode window) {
        boolean blocked = usage.path("limit_reached").asBoolean()
                || !usage.path("allowed").asBoolean(true);
        if (!blocked || !window.path("limit").asText().equals("codex")) {
            return false;
        }
        return StreamSupport.stream(usage.path("windows").spliterator(), false)
                .filter(other -> other.path("limit").asText().equals("codex"))
                .noneMatch(other -> other.path("used_percent").asDouble()
                        > window.path("used_percent").asDouble());
    }

    /** Percent per hour since the last reset that is among the samples. */
    private static Double pace(Deque<double[]> samples) {
        double[] first = null;
        double[] last = null;
        for (double[] sample : samples) {
            if (last == null || sample[1] < last[1]) {
                first = sample;
            }
            last = sample;
        }
        double hours = last == null ? 0 : (last[0] - first[0]) / 3600;
        return hours < 0.05 ? null : (last[1] - first[1]) / hours;
    }

    private static Instant runsOut(double used, Double pace, Instant at, Instant resetsAt) {
        if (pace == null || pace <= 0) {
            return null;
        }
        Instant end = at.plusSeconds((long) (Math.max(0, 100 - used) / pace * 3600));
        return resetsAt != null && end.isAfter(resetsAt) ? null : end;
    }
}
