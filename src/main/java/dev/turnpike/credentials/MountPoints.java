package dev.turnpike.credentials;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Knows whether a file is itself a mount point, as a file handed into a container is: nothing can be renamed onto it. */
final class MountPoints {
    private static final Path TABLE = Path.of("/proc/self/mountinfo");
    private static final int MOUNT_POINT = 4;

    private MountPoints() {}

    /**
     * Whether something is mounted on this very path.
     *
     * @param file a real path
     * @return false also where the system has no such table
     */
    static boolean contain(Path file) throws IOException {
        if (!Files.isReadable(TABLE)) {
            return false;
        }
        return contain(Files.readAllBytes(TABLE), file);
    }

    /** Not every name in the table need be UTF-8. */
    static boolean contain(byte[] table, Path file) {
        return new String(table, StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.split(" ", -1))
                .filter(fields -> fields.length > MOUNT_POINT)
                .anyMatch(fields -> unescaped(fields[MOUNT_POINT]).equals(file.toString()));
    }

    /** The table writes blanks, tabs, line ends and backslashes as octal numbers. */
    private static String unescaped(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
