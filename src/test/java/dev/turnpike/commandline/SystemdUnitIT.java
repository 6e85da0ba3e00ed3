package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** Has systemd check the unit, and the settings the variables in it. */
class SystemdUnitIT {
    private static final Path UNIT = Path.of("deploy/systemd/turnpike.service");

    @TempDir
    private Path folder;

    @Test
    void systemdFindsNothingToComplainOf() throws Exception {
        Path program = Files.createFile(folder.resolve("turnpike"));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        String unit = Files.readString(UNIT);
        assertThat(unit).contains("ExecStart=/opt/turnpike/bin/turnpike run\n");
        Path copy = folder.resolve("turnpike.service");
        Files.writeString(copy, unit.replace("/opt/turnpike/bin/turnpike", program.toString()));
        Process process;
        try {
            process = new ProcessBuilder("systemd-analyze", "verify", copy.toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            String text =
                    "THE TEST OF THE SYSTEMD UNIT WAS SKIPPED: systemd-analyze cannot be started: " + e.getMessage();
            System.err.println(text);
            throw new TestAbortedException(text, e);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        // it warns of what it does not know, and exits with 0
        assertThat(output.lines()).noneMatch(line -> line.contains(copy.toString()));
    }

    @Test
    void itsVariablesAreSettingsBelowItsStateDirectory() throws IOException {
        Map<String, String> variables = new HashMap<>();
        List<String> lines = Files.readAllLines(UNIT);
        lines.stream()
                .filter(line -> line.startsWith("Environment="))
                .map(line -> line.split("=", 3))
                .forEach(parts -> variables.put(parts[1], parts[2]));
        // for the start script
        assertThat(variables.remove("TURNPIKE_JNA_TMPDIR")).isEqualTo("/var/lib/turnpike/jna");

        Settings settings = Settings.load(null, variables, Map.of());

        assertThat(settings.path("data.dir")).isEqualTo(Path.of("/var/lib/turnpike/data"));
        assertThat(settings.paths("codex.auth-files")).containsExactly(Path.of("/var/lib/turnpike/codex/auth.json"));
        assertThat(lines)
                .contains("StateDirectory=turnpike turnpike/codex turnpike/jna")
                .contains("RestartPreventExitStatus=" + ExitCode.USAGE);
    }
}
