package dev.turnpike.http;

import dev.turnpike.http.HttpLimits.CallDeadlineException;
import dev.turnpike.http.HttpLimits.ReplyTooLargeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/**
 * Outermost handler of the client's chain, which reads replies into memory, within the limits.
 *
 * <p>Closing a reply's stream in this client drains it first, so a caller that has read enough would still wait for an
 * endless body. Here nothing is left to drain: the reply is read to its end, or its connection is discarded.
 */
record BoundedReply(HttpLimits limits, CallDeadlines deadlines) implements ExecChainHandler {
    private static final int BUFFER = 16 * 1024;

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        try (CallDeadlines.Watch watch = deadlines.start(scope)) {
            try {
                ClassicHttpResponse response = chain.proceed(request, scope);
                HttpEntity entity = response.getEntity();
                if (entity != null) {
                    response.setEntity(read(response.getCode(), entity, scope, watch));
                }
                return response;
            } catch (IOException | HttpException | RuntimeException failure) {
                scope.execRuntime.discardEndpoint();
                if (watch.expired()) {
                    throw new CallDeadlineException(deadlines.longest(), failure);
                }
                throw failure;
            }
        }
    }

    private HttpEntity read(int status, HttpEntity entity, ExecChain.Scope scope, CallDeadlines.Watch watch)
            throws IOException {
        boolean success = status >= 200 && status < 300;
        int limit = success ? limits.replyBytes() : limits.errorBytes();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(BUFFER);
        try (Abandoned content = new Abandoned(entity.getContent(), scope)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                if (watch.expired()) {
                    throw new CallDeadlineException(deadlines.longest(), null);
                }
                if (read > limit - bytes.size()) {
                    if (success) {
                        throw new ReplyTooLargeException(limit);
                    }
                    bytes.write(buffer, 0, limit - bytes.size());
                    break;
                }
                bytes.write(buffer, 0, read);
            }
        }
        return new ByteArrayEntity(bytes.toByteArray(), ContentType.parseLenient(entity.getContentType()));
    }

    /** A reply's content whose connection is discarded before it is closed, unless it was read to its end. */
    private static final class Abandoned implements AutoCloseable {
        private final InputStream content;
        private final ExecChain.Scope scope;
        private boolean ended;

        Abandoned(InputStream content, ExecChain.Scope scope) {
            this.content = content;
            this.scope = scope;
        }

        int read(byte[] buffer) throws IOException {
            int read = content.read(buffer);
            ended = read < 0;
            return read;
        }

        @Override
        public void close() {
            if (!ended) {
                scope.execRuntime.discardEndpoint();
            }
            try {
                content.close();
            } catch (IOException closed) {
                // only to free the decompressor: the connection is discarded already
                scope.execRuntime.discardEndpoint();
            }
        }
    }
}
