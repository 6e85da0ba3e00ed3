package dev.turnpike.codex.call;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import java.time.Instant;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.hc.client5.http.utils.DateUtils;

/**
 * Keeps the bytes and the date of a successful reply, if it can be JSON at all: a page of HTML may come with 200 as well.
 * Nothing else of the reply stays: what is left on the message would go out with the next call.
 */
final class CallReply implements Processor {
    /** The exchange property with upstream's clock, an Instant; absent when the reply does not carry it. */
    static final String DATE_PROPERTY = "codexDate";

    @Override
    public void process(Exchange exchange) {
        Call call = exchange.getProperty(Call.PROPERTY, Call.class);
        Message message = exchange.getMessage();
        byte[] body = message.getBody(byte[].class);
        int first = body == null ? -1 : firstNonBlank(body);
        if (first != '{' && first != '[') {
            throw notJson(call.request(), message.getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class), first);
        }
        exchange.setProperty(DATE_PROPERTY, date(message.getHeader("Date", String.class)));
        // of an attempt before this one
        exchange.removeProperty(ExchangePropertyKey.EXCEPTION_CAUGHT);
        // JSON is UTF-8, whatever upstream calls it
        exchange.removeProperty(ExchangePropertyKey.CHARSET_NAME);
        message.removeHeaders("*", Call.REDELIVERY_HEADERS);
        message.setBody(body);
    }

    private static Instant date(String header) {
        return header == null ? null : DateUtils.parseStandardDate(header);
    }

    private static int firstNonBlank(byte[] body) {
        boolean byteOrderMark = body.length > 2 && (body[0] & 0xff) == 0xef && (body[1] & 0xff) == 0xbb;
        for (int i = byteOrderMark ? 3 : 0; i < body.length; i++) {
            if (body[i] != ' ' && body[i] != '\t' && body[i] != '\r' && body[i] != '\n') {
                return body[i];
            }
        }
        return -1;
    }

    private static UpstreamException notJson(CodexRequest request, int status, int first) {
        String what = first < 0 ? "nothing" : first == '<' ? "HTML" : "something else";
        String message = request.line() + ": " + status + " with " + what + " instead of JSON";
        return new UpstreamException(Kind.MALFORMED, status, null, message, null);
    }
}
