package dev.turnpike.sandbox.world;

/**
 * The result of an attempt.
 *
 * @param text the assistant's message, null when it said nothing
 * @param diff unified diff, null when nothing was changed
 * @param errorCode null unless it failed
 * @param errorMessage null unless it failed
 */
public record Work(String text, String diff, String errorCode, String errorMessage) {
    static final Work NOTHING = new Work(null, null, null, null);

    static Work done(String text, String diff) {
        return new Work(text, diff, null, null);
    }

    static Work failure(String code, String message) {
        return new Work(null, null, code, message);
    }
}
