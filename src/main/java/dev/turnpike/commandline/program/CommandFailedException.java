package dev.turnpike.commandline.program;

/** A command failed; the message is the only line printed about it. */
public final class CommandFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    public CommandFailedException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** Wrong options or settings. */
    public static CommandFailedException usage(String message) {
        return new CommandFailedException(ExitCode.USAGE, message);
    }

    public static CommandFailedException failed(String message) {
        return new CommandFailedException(ExitCode.FAILED, message);
    }

    /** A required resource is unavailable. */
    public static CommandFailedException unavailable(String message) {
        return new CommandFailedException(ExitCode.UNAVAILABLE, message);
    }

    /** The message of a throwable, on one line. */
    public static String line(Throwable reason) {
        String message = reason.getMessage();
        return message == null
                ? reason.getClass().getSimpleName()
                : message.lines().findFirst().orElse("").strip();
    }

    public int exitCode() {
        return exitCode;
    }
}
