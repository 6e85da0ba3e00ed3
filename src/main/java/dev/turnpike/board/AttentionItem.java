package dev.turnpike.board;

import java.time.Instant;

/**
 * Something that waits for a person.
 *
 * @param key the same for the same episode, so that it can be put away
 * @param level {@code error} or {@code warning}
 * @param why in a sentence, with the words of upstream where it has some
 * @param action what a person can do
 */
public record AttentionItem(
        String key,
        String level,
        String title,
        String why,
        Instant since,
        String action,
        String url,
        String taskId,
        String account,
        String environment,
        String repository) {}
