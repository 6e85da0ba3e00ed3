package dev.turnpike;

import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What a test has opened; closed after it, the last first. */
public final class Opened implements AfterEachCallback {
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    public <T extends AutoCloseable> T add(T one) {
        opened.push(one);
        return one;
    }

    public void closeLast() throws Exception {
        opened.pop().close();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        while (!opened.isEmpty()) {
            closeLast();
        }
    }
}
