package dev.turnpike.commandline.program;

/** Exit codes of the process; the two large ones are those of sysexits.h. */
public final class ExitCode {
    public static final int OK = 0;
    public static final int FAILED = 1;
    /** Wrong options or settings: a retry will not help. */
    public static final int USAGE = 64;
    /** A required resource is unavailable: a port, credentials, a broker. */
    public static final int UNAVAILABLE = 69;

    private ExitCode() {}
}
