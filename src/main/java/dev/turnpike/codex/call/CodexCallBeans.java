package dev.turnpike.codex.call;

import com.fasterxml.jackson.databind.DeserializationFeature;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.credentials.Bearer;
import dev.turnpike.http.BoundedHttp;
import dev.turnpike.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.http.HttpConstants;
import org.apache.camel.component.http.HttpMethods;
import org.apache.camel.spi.Registry;
import org.apache.hc.client5.http.utils.DateUtils;

/** The beans that routes/codex.camel.yaml names, bound together so that none is forgotten; its steps in the route's order. */
public final class CodexCallBeans {
    /** The exchange property by which the route chooses the endpoint of threads. */
    private static final String THREADS = "codexThreads";
    /** The exchange property with upstream's clock, an Instant; absent when the reply does not carry it. */
    static final String DATE_PROPERTY = "codexDate";

    private final CodexBase base;
    private final ThreadsBase threads;
    private final CallObserver observer;
    private final UpstreamFailures failures;

    private CodexCallBeans(CodexBase base, ThreadsBase threads, CallObserver observer, Clock clock) {
        this.base = base;
        this.threads = threads;
        this.observer = observer;
        this.failures = new UpstreamFailures(clock);
    }

    /**
     * Binds {@code codexBegin}, {@code codexHeaders}, {@code codexReply}, {@code codexDone}, {@code codexFailure}, {@code codexHttp},
     * {@code threadsHttp} and {@code codexJson}, which reads any reply that the limits let through.
     */
    public static void bind(
            Registry registry,
            CodexBase base,
            ThreadsBase threads,
            BoundedHttp http,
            CallObserver observer,
            Clock clock) {
        CodexCallBeans beans = new CodexCallBeans(base, threads, observer, clock);
        registry.bind("codexHttp", http);
        registry.bind("threadsHttp", ThreadsBase.client(http));
        registry.bind(
                "codexJson",
                Json.builder()
                        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                        .build());
        registry.bind("codexBegin", (Processor) CodexCallBeans::begin);
        registry.bind("codexHeaders", (Processor) beans::writeRequest);
        registry.bind("codexReply", (Processor) CodexCallBeans::readReply);
        registry.bind("codexDone", (Processor) beans::done);
        registry.bind("codexFailure", (Processor) exchange -> {
            throw beans.failure(exchange);
        });
    }

    /** Opens a call for the request in the body; kept there, it outlives the attempts. The caller's headers end here. */
    private static void begin(Exchange exchange) throws InvalidPayloadException {
        Message message = exchange.getMessage();
        message.setBody(new Call(message.getMandatoryBody(CodexRequest.class)));
        message.removeHeaders("*");
    }

    /** Writes the call as the message the HTTP component sends, with the token to try next. */
    private void writeRequest(Exchange exchange) {
        Message message = exchange.getMessage();
        Call call = message.getBody(Call.class);
        exchange.setProperty(Call.PROPERTY, call);
        CodexRequest request = call.request();
        exchange.setProperty(THREADS, request.threads());
        String address = request.threads() ? threads.address(request) : base.address(request);
        String query = CodexBase.query(request);
        Bearer bearer = call.nextBearer();
        if (request.threads()) {
            ThreadsBase.admit(request, bearer);
            message.setHeader("Accept", "application/json");
        }

        // as the component's own type: a text is looked up among all type converters, at each call
        message.setHeader(HttpConstants.HTTP_METHOD, HttpMethods.valueOf(request.method()));
        message.setHeader(HttpConstants.HTTP_URI, address);
        if (!query.isEmpty()) {
            message.setHeader(HttpConstants.HTTP_RAW_QUERY, query);
        }
        message.setHeader("Authorization", "Bearer " + bearer.token());
        if (bearer.accountHeader() != null) {
            message.setHeader("chatgpt-account-id", bearer.accountHeader());
        }
        if (bearer.fedramp()) {
            message.setHeader("x-openai-fedramp", "true");
        }
        if (request.body() == null) {
            message.setBody(null);
        } else {
            message.setHeader(HttpConstants.CONTENT_TYPE, "application/json");
            message.setBody(request.body().getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * Keeps the bytes and the date of a successful reply, if it can be JSON at all: a page of HTML may come with 200 as well.
     * Nothing else of the reply stays: what is left on the message would go out with the next call.
     */
    private static void readReply(Exchange exchange) {
        Message message = exchange.getMessage();
        byte[] body = message.getBody(byte[].class);
        int first = body == null ? -1 : firstNonBlank(body);
        if (first != '{' && first != '[') {
            CodexRequest request =
                    exchange.getProperty(Call.PROPERTY, Call.class).request();
            int status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class);
            String what = first < 0 ? "nothing" : first == '<' ? "HTML" : "something else";
            String problem = request.line() + ": " + status + " with " + what + " instead of JSON";
            throw new UpstreamException(Kind.MALFORMED, status, null, problem, null);
        }
        String date = message.getHeader("Date", String.class);
        exchange.setProperty(DATE_PROPERTY, date == null ? null : DateUtils.parseStandardDate(date));
        // of an attempt before this one
        exchange.removeProperty(ExchangePropertyKey.EXCEPTION_CAUGHT);
        // JSON is UTF-8, whatever upstream calls it
        exchange.removeProperty(ExchangePropertyKey.CHARSET_NAME);
        message.removeHeaders("*", Call.REDELIVERY_HEADERS);
        message.setBody(body);
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

    private void done(Exchange exchange) {
        Call call = (Call) exchange.removeProperty(Call.PROPERTY);
        observer.observed(call.endpoint(), "ok", call.elapsed());
    }

    /** The classified failure, to be thrown in place of what went wrong; the caller gets its request back as the body. */
    private RuntimeException failure(Exchange exchange) {
        Call call = (Call) exchange.removeProperty(Call.PROPERTY);
        RuntimeException failure =
                failures.classify(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class), call.request());
        exchange.removeProperty(ExchangePropertyKey.CHARSET_NAME);
        exchange.getMessage().removeHeaders("*", Call.REDELIVERY_HEADERS);
        exchange.getMessage().setBody(call.request());
        if (failure instanceof UnauthorizedException) {
            call.refused();
        }
        if (call.started()) {
            String outcome = failure instanceof UpstreamException upstream
                    ? upstream.kind().label()
                    : "unauthorized";
            observer.observed(call.endpoint(), outcome, call.elapsed());
        }
        return failure;
    }
}
