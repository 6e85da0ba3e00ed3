package dev.turnpike.sandbox.world;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.sandbox.http.SandboxJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The stories of this world, from the resource {@code sandbox/stories.json}. Guarded by the world's lock. */
public final class Stories {
    private final List<Story.Template> changes;
    private final List<Story.Template> followUps;
    private final List<Story.Template> questions;
    private final Map<String, Deque<Story>> decks = new HashMap<>();
    private final List<Work> failures = new ArrayList<>();

    public Stories() {
        JsonNode all = read();
        changes = templates(all.path("stories"));
        followUps = templates(all.path("follow_ups"));
        questions = templates(all.path("questions"));
        all.path("failures")
                .forEach(failure -> failures.add(Work.failure(
                        failure.path("code").asText(), failure.path("message").asText())));
    }

    /** A change in this repository; none comes twice before all have come. */
    Story change(String repository, SplittableRandom random) {
        Deque<Story> deck = decks.computeIfAbsent(repository, none -> new ArrayDeque<>());
        if (deck.isEmpty()) {
            deck.addAll(shuffled(repository, random));
        }
        return deck.remove();
    }

    /** A question about this repository. */
    Story question(String repository, SplittableRandom random) {
        Story.Template template = questions.get(random.nextInt(questions.size()));
        return template.about(noun(in(repository).get(0), random), "");
    }

    /** What a user asks next, and what comes of it. */
    Story followUp(String taskTitle, SplittableRandom random) {
        return one(followUps, random, taskTitle);
    }

    /** Why an attempt failed. */
    Work failure(SplittableRandom random) {
        return failures.get(random.nextInt(failures.size()));
    }

    private List<Story.Template> in(String repository) {
        return changes.stream()
                .filter(template -> template.repository().equals(repository))
                .toList();
    }

    private List<Story> shuffled(String repository, SplittableRandom random) {
        List<Story> stories = new ArrayList<>();
        for (Story.Template template : in(repository)) {
            for (String noun : template.nouns()) {
                stories.add(random.nextInt(stories.size() + 1), template.about(noun, ""));
            }
        }
        return stories;
    }

    private static Story one(List<Story.Template> templates, SplittableRandom random, String taskTitle) {
        Story.Template template = templates.get(random.nextInt(templates.size()));
        return template.about(noun(template, random), taskTitle);
    }

    private static String noun(Story.Template template, SplittableRandom random) {
        List<String> nouns = template.nouns();
        return nouns.isEmpty() ? "it" : nouns.get(random.nextInt(nouns.size()));
    }

    private static List<Story.Template> templates(JsonNode array) {
        List<Story.Template> templates = new ArrayList<>();
        for (JsonNode story : array) {
            List<String> nouns = new ArrayList<>();
            story.path("nouns").forEach(noun -> nouns.add(noun.asText()));
            templates.add(new Story.Template(
                    text(story, "repository"),
                    nouns,
                    text(story, "title"),
                    text(story, "prompt"),
                    text(story, "summary"),
                    text(story, "testing"),
                    lines(story.path("diff"))));
        }
        return List.copyOf(templates);
    }

    private static String text(JsonNode story, String field) {
        return story.path(field).textValue();
    }

    private static String lines(JsonNode array) {
        if (array.isEmpty()) {
            return null;
        }
        StringBuilder text = new StringBuilder();
        array.forEach(line -> text.append(line.asText()).append('\n'));
        return text.toString();
    }

    private static JsonNode read() {
        try (InputStream in = Stories.class.getResourceAsStream("/sandbox/stories.json")) {
            return SandboxJson.MAPPER.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the resource sandbox/stories.json", e);
        }
    }
}
