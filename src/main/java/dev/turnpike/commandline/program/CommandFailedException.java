package dev.turnpike.commandline.program;

/** A command cannot go on; the message is the one line the person at the terminal gets. */
public final class CommandFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    public CommandFailedException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** What a throwable says for itself, on one line. */
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
