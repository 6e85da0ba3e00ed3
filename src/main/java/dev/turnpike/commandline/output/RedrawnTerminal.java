package dev.turnpike.commandline.output;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws on a terminal's alternate screen, without cursor and echo; closing restores it. The size comes from {@code
 * stty}, as in the start script, so that no library with native code is needed.
 */
public final class RedrawnTerminal implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RedrawnTerminal.class);
    private static final File TTY = new File("/dev/tty");
    private static final String ENTER = "\u001b[?1049h\u001b[?25l";
    private static final String LEAVE = "\u001b[?25h\u001b[?1049l";
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_TO_LINE_END = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";
    private static final int USUAL_ROWS = 24;

    private final PrintStream raw;
    private final Screen screen;
    private final String modes;

    /** The window's present size. */
    public record Size(int columns, int rows) {}

    /**
     * Switches to the alternate screen.
     *
     * @param raw stdout that lets control sequences pass
     * @param quit called when q is pressed
     */
    public RedrawnTerminal(PrintStream raw, Screen screen, Runnable quit) throws InterruptedException {
        this.raw = raw;
        this.screen = screen;
        this.modes = stty("-g");
        if (!modes.isEmpty()) {
            stty("-echo", "-icanon");
            Thread keys = new Thread(() -> readKeys(quit), "keys");
            keys.setDaemon(true);
            keys.start();
        }
        raw.print(ENTER);
        raw.flush();
    }

    private static void readKeys(Runnable quit) {
        try (InputStream keys = new FileInputStream(TTY)) {
            for (int key = keys.read(); key >= 0; key = keys.read()) {
                if (key == 'q' || key == 'Q') {
                    quit.run();
                }
            }
        } catch (IOException e) {
            log.debug("No keys are read from the terminal reason={}", e.toString());
        }
    }

    public Size size() throws InterruptedException {
        String[] size = stty("size").split(" ", -1);
        if (size.length == 2 && size[0].matches("[1-9]\\d{0,3}") && size[1].matches("[1-9]\\d{0,3}")) {
            return new Size(Integer.parseInt(size[1]), Integer.parseInt(size[0]));
        }
        return new Size(screen.columns(), USUAL_ROWS);
    }

    /** Writes everything at once, so that nothing flickers; control characters in the lines are removed. */
    public void draw(List<String> lines) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream frame = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        PrintStream texts = new TerminalOutput(frame, screen.colour());
        frame.print(HOME);
        for (int row = 0; row < lines.size(); row++) {
            texts.print(lines.get(row));
            frame.print(CLEAR_TO_LINE_END + (row < lines.size() - 1 ? "\n" : ""));
        }
        frame.print(CLEAR_BELOW);
        frame.flush();
        raw.writeBytes(bytes.toByteArray());
        raw.flush();
    }

    @Override
    public void close() {
        raw.print(LEAVE);
        raw.flush();
        try {
            if (!modes.isEmpty()) {
                stty(modes);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Output of {@code stty}; empty without a terminal of its own, as behind {@code setsid}, and without {@code stty}. */
    private static String stty(String... arguments) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        ProcessBuilder stty =
                new ProcessBuilder(command).redirectInput(TTY).redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            Process process = stty.start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return process.waitFor() == 0 ? text : "";
        } catch (IOException e) {
            log.debug("Terminal cannot be asked reason={}", e.toString());
            return "";
        }
    }
}
