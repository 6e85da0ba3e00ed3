package dev.turnpike.codex.call;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.CredentialsUnavailableException;
import dev.turnpike.http.HttpLimits.ReplyTooLargeException;
import dev.turnpike.http.NetworkFailure;
import dev.turnpike.http.Secrets;
import dev.turnpike.json.Json;
import java.io.IOException;
import java.time.Clock;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;

/**
 * Maps any failure of a call, wrapped or not, to the exceptions that polling decides by; also failures that come later,
 * when the reply is decoded.
 */
public record UpstreamFailures(Clock clock) {
    private static final int DEPTH = 20;
    private static final int MESSAGE_LENGTH = 300;

    /**
     * The failure in polling's terms, to be thrown.
     *
     * @param request what was asked, for the message
     * @return an {@link UpstreamException}, {@link AuthRequiredException} or {@link CredentialsUnavailableException}, the same one if it is in the chain of
     *     causes already; what is none of the known failures counts as a reply that could not be read
     */
    public RuntimeException classify(Throwable failure, CodexRequest request) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .limit(DEPTH)
                .map(cause -> known(cause, request))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseGet(() -> failure(
                        Kind.MALFORMED,
                        request,
                        "reply could not be read (" + failure.getClass().getName() + ")",
                        failure));
    }

    private RuntimeException known(Throwable cause, CodexRequest request) {
        if (cause instanceof UpstreamException
                || cause instanceof AuthRequiredException
                || cause instanceof CredentialsUnavailableException) {
            return (RuntimeException) cause;
        } else if (cause instanceof HttpOperationFailedException reply) {
            return new ErrorReply(reply).toException(request, clock);
        } else if (cause instanceof JsonProcessingException json) {
            return UpstreamException.malformed(request.line() + ": reply is not the expected JSON" + Json.place(json));
        } else if (cause instanceof IOException io) {
            return failure(kind(io), request, NetworkFailure.message(io), io);
        }
        return null;
    }

    private static Kind kind(IOException failure) {
        if (failure instanceof ReplyTooLargeException || failure instanceof MessageConstraintException) {
            return Kind.TOO_LARGE;
        } else if (NetworkFailure.of(failure) == NetworkFailure.TIMEOUT) {
            return Kind.TIMEOUT;
        } else if (failure instanceof ZipException
                || failure instanceof ClientProtocolException
                || failure.getCause() instanceof HttpException) {
            return Kind.MALFORMED;
        }
        return Kind.NETWORK;
    }

    private static UpstreamException failure(Kind kind, CodexRequest request, String what, Throwable cause) {
        String message = request.line() + ": " + Secrets.inLine(what, MESSAGE_LENGTH);
        return new UpstreamException(kind, 0, null, message, cause);
    }
}
