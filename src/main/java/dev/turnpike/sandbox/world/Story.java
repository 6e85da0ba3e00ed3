package dev.turnpike.sandbox.world;

import dev.turnpike.sandbox.world.SandboxTurn.Work;
import java.util.List;
import java.util.Locale;

/**
 * Content of a task or a follow-up: prompt and result.
 *
 * @param title null for a follow-up, which keeps the task's
 * @param diff null for a question
 */
record Story(String title, String prompt, String summary, String testing, String diff) {

    String message() {
        return testing == null ? summary : "**Summary**\n\n* " + summary + "\n\n**Testing**\n\n* " + testing;
    }

    Work done() {
        return Work.done(message(), diff);
    }

    /** Another attempt's way of doing the same: the change of the first file alone. */
    Work doneOtherwise() {
        int second = diff == null ? -1 : diff.indexOf("\ndiff --git ");
        return Work.done(
                "The smallest change that works.\n\n" + message(), second < 0 ? diff : diff.substring(0, second + 1));
    }

    /**
     * A story with placeholders, from which several are made.
     *
     * @param repository {@code owner/name}, null when it fits any
     */
    record Template(
            String repository,
            List<String> nouns,
            String title,
            String prompt,
            String summary,
            String testing,
            List<String> diff) {

        Template {
            nouns = nouns == null ? List.of() : List.copyOf(nouns);
        }

        Story about(String noun, String taskTitle) {
            return new Story(
                    put(title, noun, taskTitle),
                    put(prompt, noun, taskTitle),
                    put(summary, noun, taskTitle),
                    put(testing, noun, taskTitle),
                    put(diff == null ? null : String.join("\n", diff) + "\n", noun, taskTitle));
        }

        private static String put(String text, String noun, String taskTitle) {
            if (text == null) {
                return null;
            }
            String upper = noun.substring(0, 1).toUpperCase(Locale.ROOT) + noun.substring(1);
            return text.replace("{noun}", noun).replace("{Noun}", upper).replace("{title}", taskTitle);
        }
    }
}
