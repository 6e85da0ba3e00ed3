package dev.turnpike.commandline;

/** What the process returns to its caller; the two large ones are those of sysexits.h. */
final class ExitCode {
    static final int OK = 0;
    static final int FAILED = 1;
    /** Wrong options or settings: trying again will not help. */
    static final int USAGE = 64;
    /** Something that is needed is unavailable: a port, credentials, a broker. */
    static final int UNAVAILABLE = 69;

    private ExitCode() {}
}
