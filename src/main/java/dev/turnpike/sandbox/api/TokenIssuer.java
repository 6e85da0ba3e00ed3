package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.SandboxAccount;
import dev.turnpike.sandbox.world.World;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Issues and checks tokens. A refresh token is valid once: an expired, revoked or reused one gets the reply of the real
 * token endpoint. Accounts are named by their short names.
 */
public final class TokenIssuer {
    private static final String REUSED = "refresh_token_reused";
    public static final String INVALIDATED = "refresh_token_invalidated";
    public static final String UNREADABLE = "Could not parse your authentication token. Please try signing in again.";

    /** The beginning of every JWT of a sandbox. */
    private static final String UNSIGNED = part("{\"alg\":\"none\",\"typ\":\"JWT\"}") + ".";

    private final World world;
    private final Clock clock;
    private final SplittableRandom random;
    private final Duration lifetime;
    private final Map<String, Access> access = new HashMap<>();
    private final Map<String, Refresh> refresh = new HashMap<>();
    private final Map<String, Long> counts = new TreeMap<>();
    private long issued;

    public TokenIssuer(World world, Clock clock, SplittableRandom random, Duration lifetime) {
        this.world = world;
        this.clock = clock;
        this.random = random;
        this.lifetime = lifetime;
    }

    /** A set of tokens. */
    public record Tokens(
            SandboxAccount account, String idToken, String accessToken, String refreshToken, Duration lifetime) {
        /**
         * Writes {@code auth.json} as a sign-in of the Codex CLI does, replacing it in one step, readable by its owner
         * alone as every temporary file.
         */
        public Path writeTo(Path folder, Instant now) throws IOException {
            ObjectNode file = SandboxJson.object().put("auth_mode", "chatgpt").putNull("OPENAI_API_KEY");
            file.putObject("tokens")
                    .put("id_token", idToken)
                    .put("access_token", accessToken)
                    .put("refresh_token", refreshToken)
                    .put("account_id", account.id);
            file.put("last_refresh", now.toString());
            Files.createDirectories(folder);
            Path fresh = Files.createTempFile(folder, ".auth-", "");
            Files.writeString(
                    fresh, SandboxJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(file));
            return Files.move(fresh, folder.resolve("auth.json"), StandardCopyOption.ATOMIC_MOVE);
        }

        /** Without the tokens. */
        @Override
        public String toString() {
            return "Tokens[" + account.name + "]";
        }
    }

    private record Access(SandboxAccount account, Instant expiry) {}

    /** @param refusal the code it is rejected with, null while it is valid */
    private record Refresh(SandboxAccount account, String refusal) {}

    public Tokens issue(String name) {
        return issue(name, lifetime);
    }

    /** Signs the account in; a negative lifetime gives an access token that has expired already. */
    public synchronized Tokens issue(String name, Duration accessLifetime) {
        SandboxAccount account = world.account(name);
        Instant expiry = clock.instant().plus(accessLifetime);
        Tokens tokens = new Tokens(
                account,
                jwt(account, expiry, "id"),
                jwt(account, expiry, "at-" + ++issued),
                "rt_" + hex() + hex(),
                accessLifetime);
        access.put(tokens.accessToken(), new Access(account, expiry));
        refresh.put(tokens.refreshToken(), new Refresh(account, null));
        return tokens;
    }

    /** A personal access token: never expires, is never refreshed. */
    public synchronized String personalToken(String name) {
        String token = "at-" + hex();
        access.put(token, new Access(world.account(name), Instant.MAX));
        return token;
    }

    /** The owner of a valid token. */
    public synchronized Optional<SandboxAccount> holder(String bearer) {
        Access token = access.get(bearer);
        return token == null || !clock.instant().isBefore(token.expiry())
                ? Optional.empty()
                : Optional.of(token.account());
    }

    /** The owner of a valid or expired token; empty for an unknown one. */
    public synchronized Optional<SandboxAccount> owner(String bearer) {
        return Optional.ofNullable(access.get(bearer)).map(Access::account);
    }

    /**
     * Redeems a refresh token.
     *
     * @throws RequestRejectedException with the code of a refusal
     */
    synchronized Tokens redeem(String token) {
        Refresh known = refresh.get(token);
        String refusal = known == null ? INVALIDATED : known.refusal();
        if (refusal != null) {
            counts.merge(refusal, 1L, Long::sum);
            throw RequestRejectedException.error(401, refusal, refusal);
        }
        refresh.put(token, new Refresh(known.account(), REUSED));
        counts.merge("refreshed", 1L, Long::sum);
        return issue(known.account().name);
    }

    /** Every access token of the account is rejected from now on, regardless of its {@code exp}. */
    public synchronized void expireAccessTokens(String name) {
        SandboxAccount account = world.account(name);
        access.replaceAll((token, known) -> known.account() == account ? new Access(account, clock.instant()) : known);
    }

    /**
     * Every valid refresh token of the account is rejected from now on.
     *
     * @param code {@code refresh_token_expired}, {@code refresh_token_reused} or {@code refresh_token_invalidated}
     */
    public synchronized void refuseRefreshTokens(String name, String code) {
        SandboxAccount account = world.account(name);
        refresh.replaceAll((token, known) ->
                known.account() == account && known.refusal() == null ? new Refresh(account, code) : known);
    }

    /**
     * Simulates another client's refresh: the account's refresh tokens are used up, and the folder's {@code auth.json}
     * has new tokens.
     *
     * @param folder null to leave the file unchanged
     */
    public void rotateElsewhere(String name, Path folder) throws IOException {
        refuseRefreshTokens(name, REUSED);
        Tokens fresh = issue(name);
        if (folder != null) {
            fresh.writeTo(folder, clock.instant());
        }
    }

    /**
     * Whether a sign-in written to this folder replaces nobody's own: there is no {@code auth.json} yet, or one of a sandbox,
     * this one or an earlier one, whose tokens are unsigned as no real ones are.
     */
    public static boolean mayWriteTo(Path folder) throws IOException {
        Path authJson = folder.resolve("auth.json");
        if (!Files.exists(authJson, LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        try {
            JsonNode known = SandboxJson.MAPPER.readTree(authJson.toFile());
            return known.at("/tokens/access_token").asText().startsWith(UNSIGNED);
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** Redemptions by outcome: {@code refreshed} and the codes of refusals; without those that never occurred. */
    public synchronized Map<String, Long> counts() {
        return new TreeMap<>(counts);
    }

    private String jwt(SandboxAccount account, Instant expiry, String id) {
        ObjectNode claims = SandboxJson.object().put("exp", expiry.getEpochSecond());
        claims.put("iat", clock.instant().getEpochSecond()).put("jti", id).put("email", account.email);
        claims.putObject("https://api.openai.com/auth")
                .put("chatgpt_account_id", account.id)
                .put("chatgpt_user_id", account.userId)
                .put("user_id", account.userId)
                .put("chatgpt_plan_type", account.plan);
        return UNSIGNED + part(SandboxJson.text(claims)) + "." + part(hex());
    }

    private static String part(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private String hex() {
        return "%016x".formatted(random.nextLong());
    }
}
