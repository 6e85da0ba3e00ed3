package dev.turnpike.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PreparedFileTest {

    @Test
    void aNameThatIsNotUtf8HidesNoOtherMount() {
        byte[] table = """
                27 1 8:2 / /media/caf\u00e9 rw - vfat /dev/sdb1 rw
                28 1 8:3 / /home/u/my\\040codex/auth.json rw - ext4 /dev/sda1 rw
                """.getBytes(StandardCharsets.ISO_8859_1);

        assertThat(PreparedFile.isMountPoint(Path.of("/home/u/my codex/auth.json"), table))
                .isTrue();
        assertThat(PreparedFile.isMountPoint(Path.of("/home/u/.codex/auth.json"), table))
                .isFalse();
    }
}
