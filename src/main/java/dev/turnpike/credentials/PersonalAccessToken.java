package dev.turnpike.credentials;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.http.HttpReply;
import java.net.URI;
import org.apache.hc.client5.http.classic.methods.HttpGet;

/** A personal access token: its account is fetched once from the authorization server, and it is never refreshed. */
final class PersonalAccessToken {
    private final String token;
    private final String source;
    private final AuthServer server;
    private final URI whoami;
    private Identity identity;
    private Bearer bearer;

    /**
     * @param source origin of the token, for messages
     * @param api base of the authorization API, for example {@code https://auth.openai.com/api/accounts}
     */
    PersonalAccessToken(String token, String source, AuthServer server, URI api) {
        this.token = token;
        this.source = source;
        this.server = server;
        this.whoami = URI.create(api.toString().replaceAll("/+$", "") + "/v1/user-auth-credential/whoami");
    }

    boolean holds(String other) {
        return token.equals(other);
    }

    synchronized Identity identity() {
        fetchAccount();
        return identity;
    }

    synchronized Bearer bearer() {
        fetchAccount();
        return bearer;
    }

    /**
     * Makes the call, unless it has succeeded before.
     *
     * @throws AuthRequiredException when the token is rejected
     * @throws CredentialsUnavailableException when another try may succeed
     */
    private void fetchAccount() {
        if (bearer != null) {
            return;
        }
        HttpGet request = new HttpGet(whoami);
        request.setHeader("authorization", "Bearer " + token);
        request.setHeader("originator", "codex_cli_rs");
        HttpReply reply = server.send(request);
        JsonNode body = reply.json();
        if (reply.status() == 401 || (reply.status() == 403 && body.isObject())) {
            throw new AuthRequiredException(
                    "refused",
                    "The personal access token from " + source + " is refused (status " + reply.status()
                            + "): create a new one and put it there");
        }
        String accountId = TokenClaims.text(body.path("chatgpt_account_id"));
        String userId = TokenClaims.text(body.path("chatgpt_user_id"));
        if (!reply.isSuccess() || accountId == null || userId == null) {
            throw new CredentialsUnavailableException("the whoami call for the personal access token from " + source
                    + " answered status=" + reply.status() + (reply.isSuccess() ? " without account and user" : ""));
        }
        String account = accountId + "/" + userId;
        boolean fedramp = body.path("chatgpt_account_is_fedramp").asBoolean(false);
        identity = new Identity(account, TokenClaims.text(body.path("chatgpt_plan_type")));
        bearer = new Bearer(token, accountId, fedramp, account);
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
}
