package dev.turnpike.credentials;

import dev.turnpike.credentials.AuthFile.Pause;
import dev.turnpike.credentials.Credentials.RefreshMode;
import dev.turnpike.http.BoundedHttp;
import dev.turnpike.http.HttpLimits;
import dev.turnpike.http.Network;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Scanner;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;

/**
 * Another runtime: a process of its own that opens the file, says {@code ready}, waits for a line, asks for a bearer token
 * and says what came of it. With {@code stop-after-reply} it stands still once it holds new tokens that are not saved;
 * with {@code patient} it waits ten times as long for a lock.
 */
final class RefreshProcess {

    private RefreshProcess() {}

    public static void main(String[] arguments) throws Exception {
        URI tokenUrl = URI.create(arguments[1]);
        List<String> options = List.of(arguments).subList(2, arguments.length);
        boolean stop = options.contains("stop-after-reply");
        Pause pause = length -> Pause.REAL.sleep(length.multipliedBy(options.contains("patient") ? 10 : 1));
        try (CloseableHttpClient http = new BoundedHttp(
                                HttpLimits.standard().withDeadline(Duration.ofMinutes(2)), "test", Network.plain())
                        .newClient();
                Scanner lines = new Scanner(System.in, StandardCharsets.UTF_8)) {
            TokenEndpoint endpoint = new TokenEndpoint(http, tokenUrl) {
                @Override
                TokenReply redeem(String token) throws RefreshRefusedException {
                    TokenReply reply = super.redeem(token);
                    if (stop) {
                        say("replied");
                        lines.nextLine();
                    }
                    return reply;
                }
            };
            Credentials credentials = new CredentialsFactory(http, tokenUrl, tokenUrl, Clock.systemUTC())
                    .ofFile(Path.of(arguments[0]), RefreshMode.SHARED, endpoint, pause);
            say("ready");
            lines.nextLine();
            say(outcome(credentials));
        }
    }

    private static String outcome(Credentials credentials) {
        try {
            String token = credentials.bearer().token();
            Credentials.Status status = credentials.status();
            return "token=" + token.hashCode() + " refresh=" + status.refresh().label() + " restriction="
                    + status.restriction();
        } catch (AuthRequiredException e) {
            return "auth-required=" + e.reason() + " " + e.getMessage();
        } catch (CredentialsUnavailableException e) {
            return "unavailable " + e.getMessage();
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
