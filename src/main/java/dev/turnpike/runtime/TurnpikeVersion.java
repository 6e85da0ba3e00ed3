package dev.turnpike.runtime;

/** The version of this build, from the jar it runs from. */
public final class TurnpikeVersion {
    private TurnpikeVersion() {}

    /** Such as {@code 0.1.0}; {@code development} when run from class files. */
    public static String text() {
        String version = TurnpikeVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** The {@code user-agent} of requests. */
    public static String userAgent() {
        return "turnpike/" + text();
    }
}
