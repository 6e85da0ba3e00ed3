package dev.turnpike.commandline.program;

/** What the process returns to its caller; the two large ones are those of sysexits.h. */
public final class ExitCode {
    public static final int OK = 0;
    public static final int FAILED = 1;
    /** Wrong options or settings: trying again will not help. */
    public static final int USAGE = 64;
    /** Something that is needed is unavailable: a port, credentials, a broker. */
    public static final int UNAVAILABLE = 69;

    private ExitCode() {}
}
