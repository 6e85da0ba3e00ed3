package dev.turnpike.commandline;

import dev.turnpike.commandline.output.DisplayText;
import dev.turnpike.commandline.output.Screen;
import dev.turnpike.runtime.RunningTurnpike;
import dev.turnpike.settings.Settings;
import java.io.PrintStream;
import java.nio.file.Path;

/** What the sandbox says beside the turns: where everything is, and how the real CLI finds it. */
final class SandboxBanner {
    private final PrintStream out;
    private final Screen screen;

    SandboxBanner(PrintStream out, Screen screen) {
        this.out = out;
        this.screen = screen;
    }

    /** Said at once, since the rest takes seconds. */
    void starting() {
        out.println(screen.paint(Screen.Paint.STRONG, "Turnpike sandbox")
                + ": a stand-in for Codex, Kafka and the runtime, starting ...");
    }

    void running(Settings settings, RunningTurnpike runtime, Path codexHome, long story) {
        String base = settings.uri("codex.base-url").toString();
        out.println();
        place("Codex", base);
        place("Kafka", runtime.brokers() + ", topics " + settings.text("topics.prefix") + "*");
        if (runtime.boardPort() > 0) {
            place("Board", "http://localhost:" + runtime.boardPort() + "/");
        }
        place("Health", "http://" + settings.text("bind") + ":" + runtime.managementPort() + "/observe/health");
        out.println();
        out.println("The real Codex CLI (0.151) takes part from a shell with");
        out.println("  export CODEX_CLOUD_TASKS_BASE_URL=" + base);
        out.println("  export CODEX_HOME=" + codexHome);
        out.println();
        out.println("Turns as they end (--seed " + story + " repeats this story; Ctrl-C stops):");
    }

    void stopping() {
        out.println("Stopping ...");
    }

    private void place(String what, String where) {
        out.println("  " + DisplayText.left(what, 8) + where);
    }
}
