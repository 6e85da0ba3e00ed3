package dev.turnpike.credentials;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file prepared next to another before its content is known, so that an unwritable folder, a full disk or a wrong owner
 * is found before a refresh token is redeemed. It replaces the other, or stays as a pending file.
 */
final class PreparedFile implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PreparedFile.class);
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final int MOUNT_FIELD = 4;
    private static final String PREFIX = ".auth-turnpike-";
    private static final int ROOM_TO_GROW = 16 * 1024;
    private static final Set<PosixFilePermission> GROUPS = EnumSet.of(
            PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_EXECUTE);

    private static final Duration ABANDONED = Duration.ofMinutes(10);

    private final Path real;
    private final Path temporary;
    /** Whether the file is to stay: in place of the other, or as a pending file. */
    private boolean done;

    private PreparedFile(Path real, Path temporary) {
        this.real = real;
        this.temporary = temporary;
    }

    /**
     * Prepares the next version of a file.
     *
     * @param real the file itself, not a link to it
     * @throws IOException when the file could not be replaced later
     */
    static PreparedFile of(Path real) throws IOException {
        if (isMountPoint(real)) {
            throw new IOException(real + " is a mount point, so it cannot be replaced by a rename;"
                    + " mount the folder instead of the file");
        }
        PreparedFile prepared = new PreparedFile(real, temporary(real.getParent()));
        try {
            prepared.keepOwner();
            byte[] room = new byte[Math.toIntExact(Files.size(real)) + ROOM_TO_GROW];
            Arrays.fill(room, (byte) ' ');
            prepared.write(room);
            return prepared;
        } catch (IOException | RuntimeException e) {
            prepared.close();
            throw e;
        }
    }

    /** Whether the file is itself a mount point, as in a container: nothing can be renamed onto it. */
    private static boolean isMountPoint(Path file) throws IOException {
        return Files.isReadable(MOUNTS) && isMountPoint(file, Files.readAllBytes(MOUNTS));
    }

    /** Not every name in the table need be UTF-8. */
    static boolean isMountPoint(Path file, byte[] table) {
        return new String(table, StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.split(" ", -1))
                .filter(fields -> fields.length > MOUNT_FIELD)
                .anyMatch(fields -> unescaped(fields[MOUNT_FIELD]).equals(file.toString()));
    }

    /** The table writes blanks, tabs, line ends and backslashes as octal numbers. */
    private static String unescaped(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    private static Path temporary(Path folder) throws IOException {
        try {
            return Files.createTempFile(
                    folder,
                    PREFIX,
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileSystemException e) {
            throw new IOException("no file can be created in " + folder + " (" + kind(e) + ")", e);
        }
    }

    private static String kind(FileSystemException e) {
        return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
    }

    /**
     * A rename by another user would change the file's owner. The group does not matter where it has no permission; in
     * containers it often differs.
     */
    private void keepOwner() throws IOException {
        boolean forGroup = Files.getPosixFilePermissions(real).stream().anyMatch(GROUPS::contains);
        try {
            keep("unix:uid");
        } catch (FileSystemException e) {
            throw new IOException(real + " belongs to another user (" + kind(e) + ")", e);
        }
        try {
            keep("unix:gid");
        } catch (FileSystemException e) {
            if (forGroup) {
                throw new IOException(real + " belongs to another group, which may read it (" + kind(e) + ")", e);
            }
            log.debug("File group not preserved file={}", real);
        }
    }

    private void keep(String attribute) throws IOException {
        Object wanted = Files.getAttribute(real, attribute);
        if (!wanted.equals(Files.getAttribute(temporary, attribute))) {
            Files.setAttribute(temporary, attribute, wanted);
        }
    }

    /** Replaces the file atomically, and flushes it to the disk. */
    void replace(byte[] content) throws IOException {
        write(content);
        Files.move(temporary, real, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        done = true;
        try (FileChannel folder = FileChannel.open(real.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    /**
     * Keeps the prepared file as a pending file.
     *
     * @return where it is
     */
    Path keep(byte[] content) throws IOException {
        write(content);
        done = true;
        return temporary;
    }

    private void write(byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.truncate(content.length);
            channel.force(true);
        }
    }

    /** The files that this class has created next to a file, in this process and others of the same user, and has not renamed. */
    static List<Path> temporaries(Path real) throws IOException {
        List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> left = Files.newDirectoryStream(real.getParent(), PREFIX + "*")) {
            for (Path file : left) {
                if (Files.isRegularFile(file) && Files.isReadable(file)) {
                    all.add(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return all;
    }

    /** Removes temporary files that killed processes left next to the file, except tokens that are nowhere else. */
    static void sweep(Path real, Instant now) throws IOException {
        for (Path file : temporaries(real)) {
            try {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(ABANDONED))
                        && !PendingTokens.isIn(file)) {
                    Files.deleteIfExists(file);
                    log.info("Removed stale temporary file file={}", file);
                }
            } catch (NoSuchFileException e) {
                log.debug("Temporary file already gone file={}", file);
            }
        }
    }

    @Override
    public void close() {
        if (done) {
            return;
        }
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            log.warn("Failed to remove temporary file file={} reason=\"{}\"", temporary, e.toString());
        }
    }
}
