package dev.turnpike.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    @TempDir
    private Path folder;

    @Test
    void isMadeForItsOwnerAlone() throws Exception {
        Path data = folder.resolve("a").resolve("data");

        assertThat(check(data).state()).isEqualTo(Check.State.OK);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rwx------");
    }

    @Test
    void anOpenOneIsLeftAsItIsAndSaid() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));

        Check check = check(folder);

        assertThat(check.state()).isEqualTo(Check.State.WARNING);
        assertThat(check.advice()).isEqualTo("chmod 700 " + folder);
    }

    private static Check check(Path data) {
        return DataFolder.check(Settings.of(Map.of("data.dir", data.toString())));
    }
}
