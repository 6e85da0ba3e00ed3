package dev.turnpike.doctor;

import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;

/** The folder of the embedded broker's and the sandbox's files: created where it is missing, and checked by writing to it. */
public final class DataFolder {
    private static final String SUBJECT = "data folder";

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private DataFolder() {}

    /** Creates the folder and a file in it, which is deleted again. */
    public static Check check(Settings settings) {
        Path folder = settings.path("data.dir");
        String named = "data.dir = " + folder + " (" + settings.origin("data.dir") + ")";
        try {
            if (Files.exists(folder)) {
                Files.createDirectories(folder); // fails where it is a file
            } else {
                Files.createDirectories(folder, OWNER_ONLY);
            }
            Files.delete(Files.createTempFile(folder, ".probe", null));
            boolean readable = Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_READ);
            return readable
                    ? Check.warning(
                            SUBJECT,
                            folder + " is writable, but everybody on this machine can read the prompts and diffs in it",
                            "chmod 700 " + folder)
                    : Check.ok(SUBJECT, folder + " is writable");
        } catch (IOException e) {
            return Check.failed(
                    SUBJECT, named + ": is not writable, " + reason(e), "choose a writable folder with -Ddata.dir=...");
        }
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException exists) {
            return exists.getFile() + " is not a folder";
        }
        if (e instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        return e.getClass().getSimpleName();
    }
}
