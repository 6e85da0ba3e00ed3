package dev.turnpike.codex.call;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.credentials.Bearer;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.http.HttpConstants;
import org.apache.camel.component.http.HttpMethods;

/** Writes the call as the message the HTTP component sends, with the token to try next. */
record CallHeaders(CodexBase base, ThreadsBase threads) implements Processor {
    /** The exchange property by which the route chooses the endpoint of threads. */
    static final String THREADS = "codexThreads";

    @Override
    public void process(Exchange exchange) {
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
}
