package dev.turnpike.credentials;

import java.time.Duration;

/** The pauses between two checks of a file or a lock. */
@FunctionalInterface
interface Pause {

    Pause REAL = length -> {
        try {
            Thread.sleep(length.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CredentialsUnavailableException("interrupted while waiting for the credentials file or its lock");
        }
    };

    /**
     * Waits.
     *
     * @throws CredentialsUnavailableException when the thread is interrupted; its flag stays set
     */
    void sleep(Duration length);
}
