package dev.turnpike.sandbox;

import dev.turnpike.sandbox.api.CodexEndpoints;
import dev.turnpike.sandbox.api.RequestRejectedException;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.api.SandboxEndpoint.Route;
import dev.turnpike.sandbox.api.ThreadEndpoints;
import dev.turnpike.sandbox.api.TokenApi;
import dev.turnpike.sandbox.api.TokenIssuer;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.Faults;
import dev.turnpike.sandbox.faults.FaultyReplies;
import dev.turnpike.sandbox.http.Reply;
import dev.turnpike.sandbox.http.Request;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.SandboxAccount;
import java.time.Clock;

/**
 * Checks the token of each request, applies faults, records it and passes it to its endpoint; control requests are only
 * passed on.
 */
record RequestFilter(
        CodexEndpoints codex,
        ThreadEndpoints threads,
        TokenApi signIn,
        Control control,
        TokenIssuer tokens,
        Faults faults,
        FaultyReplies faulty,
        Requests requests,
        Clock clock) {
    Reply answer(Request request) {
        try {
            if (request.path().equals("/sandbox") || request.path().startsWith("/sandbox/")) {
                return control.answer(request);
            }
            return answer(Route.of(request), request);
        } catch (IllegalArgumentException e) {
            return SandboxJson.detail(400, "Bad Request");
        }
    }

    /** @param fault the fault that was served, null for none */
    private record Outcome(Reply reply, Fault fault) {}

    private Reply answer(Route route, Request request) {
        String account = tokens.owner(request.bearer()).map(known -> known.name).orElse(null);
        requests.observer().arrived(route.endpoint(), request.body());
        Outcome outcome = faults.choose(route.endpoint(), account)
                .map(choice -> faulty(choice, route, request))
                .orElseGet(() -> new Outcome(good(route, request), null));
        Reply reply = outcome.reply();
        boolean silent = reply.delivery() == Reply.Delivery.HUNG || reply.delivery() == Reply.Delivery.RESET;
        requests.add(new Requests.Seen(
                clock.instant(),
                route.endpoint(),
                request.method(),
                request.target(),
                account,
                request.header("user-agent"),
                silent ? 0 : reply.status(),
                outcome.fault()));
        requests.observer().answered(route.endpoint(), request.body(), outcome.fault());
        return reply;
    }

    private Outcome faulty(Faults.Choice choice, Route route, Request request) {
        boolean served = false;
        try {
            Outcome outcome = spoiled(choice, route, request);
            served = outcome.fault() != null;
            return outcome;
        } finally {
            choice.served().accept(served);
        }
    }

    /** Applies the fault, unless it does not apply to this reply. */
    private Outcome spoiled(Faults.Choice choice, Route route, Request request) {
        Fault fault = choice.fault();
        if (fault.when() != Fault.When.AFTER) {
            boolean effect =
                    fault.when() == Fault.When.EITHER && choice.details().nextBoolean();
            if (effect && route.endpoint() != SandboxEndpoint.TOKEN) {
                good(route, request);
            }
            return new Outcome(faulty.instead(fault), fault);
        }
        Reply good = good(route, request);
        Reply bad = good.status() == 200
                ? faulty.spoil(fault, good, request.query().get("cursor"), choice.details())
                : null;
        return bad == null ? new Outcome(good, null) : new Outcome(bad, fault);
    }

    private Reply good(Route route, Request request) {
        try {
            return switch (route.endpoint()) {
                case TOKEN -> signIn.token(request);
                case WHOAMI -> signIn.whoami(request);
                case UNKNOWN -> SandboxJson.detail(404, "Not Found");
                case THREADS, THREAD, THREAD_TURNS, THREAD_ITEMS ->
                    tokens.holder(request.bearer()).isEmpty()
                            ? ThreadEndpoints.unauthorized()
                            : threads.answer(route, request, holder(request));
                default -> codex.answer(route, request, holder(request));
            };
        } catch (RequestRejectedException e) {
            return e.reply();
        }
    }

    private SandboxAccount holder(Request request) {
        SandboxAccount account = tokens.holder(request.bearer())
                .orElseThrow(() -> RequestRejectedException.detail(401, TokenIssuer.UNREADABLE));
        String claimed = request.header("chatgpt-account-id");
        if (claimed != null && !claimed.equals(account.id)) {
            // not seen live: the token of another account is a client's error that must be found here
            throw RequestRejectedException.detail(403, "Token does not belong to this account");
        }
        return account;
    }
}
