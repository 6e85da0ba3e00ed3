package dev.turnpike.events;

import static dev.turnpike.codex.Turn.FileEdit.Kind.ADDED;
import static dev.turnpike.codex.Turn.FileEdit.Kind.DELETED;
import static dev.turnpike.codex.Turn.FileEdit.Kind.MODIFIED;
import static dev.turnpike.codex.Turn.FileEdit.Kind.RENAMED;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Held against the diffs of the git of this machine. */
class ChangedFilesIT {

    @Test
    void whatGitItselfWritesIsUnderstood(@TempDir Path folder) throws Exception {
        Assumptions.assumeTrue(isGitThere(), "git is not installed");
        git(folder, "init", "-q");
        Files.writeString(folder.resolve("keep"), "1\n2\n3\n");
        Files.writeString(folder.resolve("gone"), "x\n");
        Files.writeString(folder.resolve("old name"), "a\nb\nc\nd\ne\nf\n");
        Files.write(folder.resolve("bin"), new byte[] {0, 1, 2});
        git(folder, "add", "-A");
        git(folder, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "one");
        Files.writeString(folder.resolve("keep"), "1\ntwo\n3");
        Files.delete(folder.resolve("gone"));
        Files.move(folder.resolve("old name"), folder.resolve("new ä \"name\""));
        Files.write(folder.resolve("bin"), new byte[] {0, 3, 2});
        Files.writeString(folder.resolve("fresh"), "p\nq\n");
        git(folder, "add", "-A");

        String diff = git(folder, "diff", "--cached", "--binary", "-M");

        assertThat(new ChangedFiles(diff, 500).files())
                .containsExactlyInAnyOrder(
                        new ChangedFiles.FileChange("bin", MODIFIED, 0, 0),
                        new ChangedFiles.FileChange("fresh", ADDED, 2, 0),
                        new ChangedFiles.FileChange("gone", DELETED, 0, 1),
                        new ChangedFiles.FileChange("keep", MODIFIED, 2, 2),
                        new ChangedFiles.FileChange("new ä \"name\"", RENAMED, 0, 0));
    }

    private static boolean isGitThere() throws InterruptedException {
        try {
            return new ProcessBuilder("git", "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static String git(Path folder, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
