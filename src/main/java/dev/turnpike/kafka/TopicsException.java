package dev.turnpike.kafka;

/** A topic is not as it must be, or Kafka could not be asked; the message says which and what would be right. */
public class TopicsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TopicsException(String message, Throwable cause) {
        super(message, cause);
    }
}
