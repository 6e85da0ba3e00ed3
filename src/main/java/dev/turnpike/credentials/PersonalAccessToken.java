package dev.turnpike.credentials;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpGet;

/** A personal access token: its account is fetched once, and it is never refreshed. */
final class PersonalAccessToken {
    private final String token;
    private final String source;
    private final Whoami whoami;
    private Whoami.Owner owner;

    PersonalAccessToken(String token, String source, Whoami whoami) {
        this.token = token;
        this.source = source;
        this.whoami = whoami;
    }

    boolean holds(String other) {
        return token.equals(other);
    }

    synchronized Identity identity() {
        return owner().identity();
    }

    synchronized Bearer bearer() {
        return owner().bearer();
    }

    private Whoami.Owner owner() {
        if (owner == null) {
            owner = whoami.of(token, source);
        }
        return owner;
    }

    AuthRequiredException refused() {
        return new AuthRequiredException(
                "refused",
                "The personal access token from " + source
                        + " is refused by the Codex backend: create a new one and put it there");
    }

    @Override
    public String toString() {
        return "PersonalAccessToken[source=" + source + "]";
    }

    /** Fetches the account of a personal access token from the authorization server. */
    static final class Whoami {
        private final AuthExchange exchange;
        private final URI url;

        /** @param base base of the authorization API, for example {@code https://auth.openai.com/api/accounts} */
        Whoami(HttpClient http, URI base) {
            this.exchange = new AuthExchange(http);
            this.url = URI.create(base.toString().replaceAll("/+$", "") + "/v1/user-auth-credential/whoami");
        }

        /** Whose token it is, and how it is sent. */
        record Owner(Identity identity, Bearer bearer) {}

        /**
         * Makes the call.
         *
         * @param source origin of the token, for messages
         * @throws AuthRequiredException when the token is refused
         * @throws CredentialsUnavailableException when another try may succeed
         */
        Owner of(String token, String source) {
            HttpGet request = new HttpGet(url);
            request.setHeader("authorization", "Bearer " + token);
            request.setHeader("originator", "codex_cli_rs");
            AuthExchange.Reply reply = exchange.send(request);
            JsonNode body = reply.body();
            if (reply.status() == 401 || (reply.status() == 403 && body.isObject())) {
                throw new AuthRequiredException(
                        "refused",
                        "The personal access token from " + source + " is refused (status " + reply.status()
                                + "): create a new one and put it there");
            }
            String accountId = TokenClaims.text(body.path("chatgpt_account_id"));
            String userId = TokenClaims.text(body.path("chatgpt_user_id"));
            if (!reply.success() || accountId == null || userId == null) {
                throw new CredentialsUnavailableException("the whoami call for the personal access token from " + source
                        + " answered status=" + reply.status() + (reply.success() ? " without account and user" : ""));
            }
            String account = accountId + "/" + userId;
            boolean fedramp = body.path("chatgpt_account_is_fedramp").asBoolean(false);
            return new Owner(
                    new Identity(account, TokenClaims.text(body.path("chatgpt_plan_type"))),
                    new Bearer(token, accountId, fedramp, account));
        }
    }
}
