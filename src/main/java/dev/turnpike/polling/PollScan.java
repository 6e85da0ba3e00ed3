package dev.turnpike.polling;

/** One poll of an account's tasks or threads, as far as it decides when the next one is due. */
public interface PollScan {

    /** How soon the next poll should follow this one, which went well. */
    NextPoll next();

    /** Whether any call of it was answered. */
    boolean wasAnswered();
}
