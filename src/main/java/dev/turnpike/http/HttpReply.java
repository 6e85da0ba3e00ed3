package dev.turnpike.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/**
 * The whole reply to a call that is not made by Camel. Its text form hides the body, which may hold secrets.
 *
 * @param contentType null when the reply has none
 * @param text the body as UTF-8, empty when the reply has none
 */
public record HttpReply(int status, String contentType, String text) {

    /**
     * Reads a reply, within the limits of its client; for {@code HttpClient.execute}.
     *
     * @throws IOException when it does not arrive
     */
    public static HttpReply of(ClassicHttpResponse response) throws IOException {
        Header type = response.getFirstHeader(HttpHeaders.CONTENT_TYPE);
        byte[] body = response.getEntity() == null ? new byte[0] : EntityUtils.toByteArray(response.getEntity());
        return new HttpReply(
                response.getCode(), type == null ? null : type.getValue(), new String(body, StandardCharsets.UTF_8));
    }

    /** Whether the status is 2xx. */
    public boolean isSuccess() {
        return status / 100 == 2;
    }

    /** The body; missing when it is not JSON. */
    public JsonNode json() {
        return Json.orMissing(text);
    }

    @Override
    public String toString() {
        return "HttpReply[status=" + status + "]";
    }
}
