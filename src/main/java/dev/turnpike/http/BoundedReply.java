package dev.turnpike.http;

import dev.turnpike.http.HttpLimits.CallDeadlineException;
import dev.turnpike.http.HttpLimits.ReplyTooLargeException;
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
import org.apache.hc.core5.io.Closer;

/**
 * Outermost handler of the client's chain, which reads replies into memory, within the limits.
 *
 * <p>Closing a reply's stream in this client drains it first, so a caller that has read enough would still wait for an
 * endless body. Here nothing is left to drain: the reply is read to its end, or its connection is discarded.
 */
record BoundedReply(HttpLimits limits, CallDeadlines deadlines) implements ExecChainHandler {
    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        try (CallDeadlines.Watch watch = deadlines.start(scope)) {
            try {
                ClassicHttpResponse response = chain.proceed(request, scope);
                HttpEntity entity = response.getEntity();
                if (entity != null) {
                    response.setEntity(read(response.getCode(), entity, scope));
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

    private HttpEntity read(int status, HttpEntity entity, ExecChain.Scope scope) throws IOException {
        boolean success = status >= 200 && status < 300;
        int limit = success ? limits.replyBytes() : limits.errorBytes();
        InputStream content = entity.getContent();
        boolean ended = false;
        try {
            byte[] bytes = content.readNBytes(limit);
            ended = content.read() < 0;
            if (success && !ended) {
                throw new ReplyTooLargeException(limit);
            }
            return new ByteArrayEntity(bytes, ContentType.parseLenient(entity.getContentType()));
        } finally {
            if (!ended) {
                scope.execRuntime.discardEndpoint();
            }
            // only to free the decompressor
            Closer.closeQuietly(content);
        }
    }
}
