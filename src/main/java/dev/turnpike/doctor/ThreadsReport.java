package dev.turnpike.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.ThreadFields;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.call.ThreadsProbe;
import dev.turnpike.codex.call.ThreadsProbe.Answer;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.CredentialsUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Reports whether threads can be read with an account, in lines without any token, id, title or text, so that they can
 * be published as they are.
 */
public final class ThreadsReport {
    private static final Pattern TYPE = Pattern.compile("[\\w.+-]+/[\\w.+-]+");

    private final ThreadsProbe probe;
    private final List<String> lines = new ArrayList<>();
    private boolean good;

    private ThreadsReport(ThreadsProbe probe) {
        this.probe = probe;
    }

    /** Makes the calls with the credentials as they are, without refreshing a token. */
    static ThreadsReport of(Credentials credentials, ThreadsProbe probe) {
        ThreadsReport report = new ThreadsReport(probe);
        try {
            report.read(credentials);
        } catch (UpstreamException e) {
            report.lines.add("Result: not called: " + e.getMessage());
        } catch (AuthRequiredException | CredentialsUnavailableException e) {
            report.lines.add("Result: not called, there is no valid token; ./turnpike doctor says why");
        }
        return report;
    }

    /** Whether both replies have the expected form. */
    public boolean isGood() {
        return good;
    }

    public List<String> lines() {
        return List.copyOf(lines);
    }

    private void read(Credentials credentials) {
        String account = credentials.identity().account();
        Answer list = ask(
                1,
                "GET /v1/threads?limit=1",
                CodexRequest.thread(credentials, account, "v1", "threads").with("limit", "1"));
        if (!list.isUsable()) {
            lines.add("Result: threads cannot be read with this account. " + meaning(list));
            return;
        }
        lines.addAll(indented(ThreadFields.ofThreads(list.json())));
        String id = ThreadFields.firstId(list.json());
        if (id == null) {
            good = list.json().isArray() || list.json().path("data").isArray();
            lines.add(
                    good
                            ? "Result: the list can be read and has no thread in it; turns were not requested."
                            : "Result: the list has an unexpected form.");
            return;
        }
        Answer turns = ask(
                2,
                "GET /v2/threads/{id}/turns?limit=1&sortDirection=desc&itemsView=notLoaded",
                CodexRequest.thread(credentials, account, "v2", "threads", id, "turns")
                        .with("limit", "1")
                        .with("sortDirection", "desc")
                        .with("itemsView", "notLoaded"));
        if (!turns.isUsable()) {
            lines.add("Result: threads can be listed, their turns cannot be read. " + meaning(turns));
            return;
        }
        lines.addAll(indented(ThreadFields.ofTurns(turns.json())));
        good = true;
        lines.add("Result: both replies have a form that this program reads.");
    }

    private Answer ask(int number, String what, CodexRequest request) {
        Answer answer = probe.ask(request);
        lines.add(number + ". " + what);
        if (answer.problem() != null) {
            lines.add("   no reply: " + answer.problem());
        } else {
            lines.add("   status " + answer.status() + ", content type " + type(answer.contentType())
                    + (answer.challenge() ? ", a page of the network edge, not of the service" : ""));
            if (!answer.isUsable() && answer.json() != null) {
                lines.addAll(indented(errorFields(answer.json())));
            }
        }
        return answer;
    }

    /** Without its parameters. */
    private static String type(String header) {
        String type = header == null ? "" : header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return header == null ? "none" : TYPE.matcher(type).matches() && type.length() < 80 ? type : "unreadable";
    }

    /** The service's error codes, never its messages. */
    private static List<String> errorFields(JsonNode json) {
        JsonNode error = json.path("error");
        JsonNode grpc = error.path("data").path("grpcStatusCode");
        return List.of(
                "error code " + (error.path("code").isInt() ? error.path("code").intValue() : "none")
                        + ", grpcStatusCode " + (grpc.isInt() ? grpc.intValue() : "none"));
    }

    private static String meaning(Answer answer) {
        if (answer.problem() != null) {
            return "The host could not be reached: codex.threads-url and the network decide that, not the account.";
        }
        if (answer.challenge()) {
            return "Plain HTTP is blocked at the network edge. That says nothing about the account or its token; other"
                    + " protocols, such as WebSocket, are not supported.";
        }
        return switch (answer.status()) {
            case 200 -> "The reply is no JSON.";
            case 401 -> "The service does not accept this token for threads; for tasks it may be valid.";
            case 403 -> "The service refuses this account; which plans are admitted is not known.";
            case 404 -> "The service does not know this path.";
            case 429 -> "The service asks for a pause.";
            default -> "The service answered with an error.";
        };
    }

    private static List<String> indented(List<String> more) {
        return more.stream().map(line -> "   " + line).toList();
    }
}
