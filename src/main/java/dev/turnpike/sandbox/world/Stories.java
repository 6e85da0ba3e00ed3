package dev.turnpike.sandbox.world;

import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.SandboxTurn.Work;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The stories of this world, from the resource {@code sandbox/stories.json}. Guarded by the world's lock. */
public final class Stories {
    private final Resource all = SandboxJson.resource("stories.json", Resource.class);
    private final Map<String, Deque<Story>> decks = new HashMap<>();

    private record Resource(
            List<Story.Template> stories,
            List<Story.Template> followUps,
            List<Story.Template> questions,
            List<Work> failures) {}

    /** A change in this repository; none comes twice before all have come. */
    Story change(String repository, SplittableRandom random) {
        Deque<Story> deck = decks.computeIfAbsent(repository, none -> new ArrayDeque<>());
        if (deck.isEmpty()) {
            deck.addAll(shuffled(repository, random));
        }
        return deck.remove();
    }

    Story question(String repository, SplittableRandom random) {
        return any(all.questions(), random).about(noun(in(repository).get(0), random), "");
    }

    /** What a user asks next, and the outcome. */
    Story followUp(String taskTitle, SplittableRandom random) {
        Story.Template template = any(all.followUps(), random);
        return template.about(noun(template, random), taskTitle);
    }

    Work failure(SplittableRandom random) {
        return any(all.failures(), random);
    }

    private List<Story.Template> in(String repository) {
        return all.stories().stream()
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

    private static String noun(Story.Template template, SplittableRandom random) {
        return template.nouns().isEmpty() ? "it" : any(template.nouns(), random);
    }

    static <T> T any(List<T> all, SplittableRandom random) {
        return all.get(random.nextInt(all.size()));
    }
}
