package dev.turnpike.events;

/** Maximum sizes of an event's parts, so that no record exceeds Kafka's limit. Bytes are UTF-8. */
final class Limits {
    static final int TITLE_BYTES = 1024;
    static final int SUMMARY_BYTES = 64 * 1024;
    static final int PROMPT_BYTES = 64 * 1024;
    static final int ERROR_MESSAGE_BYTES = 8 * 1024;
    static final int ERROR_CODE_BYTES = 256;
    static final int NAME_BYTES = 256;
    static final int PATH_BYTES = 1024;
    static final int URL_CHARACTERS = 2048;
    static final int FILES = 500;
    /** For all files of an event as JSON: long paths count for more than one. */
    static final int FILES_BYTES = 192 * 1024;

    /** Of one file in one turn of a thread. */
    static final int EDITS = 20;

    static final int PULL_REQUESTS = 20;

    /** Upstream starts four at most. */
    static final int ATTEMPTS = 16;

    private Limits() {}
}
