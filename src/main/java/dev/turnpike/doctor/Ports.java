package dev.turnpike.doctor;

import dev.turnpike.http.BoundedHttp;
import dev.turnpike.http.HttpLimits;
import dev.turnpike.http.HttpReply;
import dev.turnpike.http.Network;
import dev.turnpike.runtime.TurnpikeRuntime;
import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;

/** Checks the ports that this process is about to listen on. */
public final class Ports {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Set<String> ON_LOOPBACK = Set.of("kafka.embedded.port", "sandbox.port");

    private static final String MANAGEMENT = "management.port";
    private static final int METRICS_BYTES = 4 * 1024 * 1024;

    private Ports() {}

    /** The settings of the ports {@code run} opens. */
    public static List<String> ofRun(Settings settings) {
        List<String> names = new ArrayList<>(List.of(MANAGEMENT));
        if (TurnpikeRuntime.servesBoard(settings)) {
            names.add("http.port");
        }
        if (!settings.isSet("kafka.brokers")) {
            names.add("kafka.embedded.port");
        }
        return names;
    }

    /** One finding per port: free, or taken by another process. */
    public static List<Check> check(Settings settings, List<String> names) {
        return names.stream().map(name -> check(settings, name)).toList();
    }

    private static Check check(Settings settings, String name) {
        int port = settings.integer(name);
        String bind = ON_LOOPBACK.contains(name) ? LOOPBACK : settings.text("bind");
        String named = name + " = " + port + " (" + settings.origin(name) + ")";
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(bind), port));
            return Check.ok("port", named + " is free");
        } catch (UnknownHostException e) {
            return Check.failed(
                    "port",
                    "bind = " + bind + " (" + settings.origin("bind") + "): no such host",
                    "give an address of this machine with -Dbind=...");
        } catch (IOException e) {
            return Check.failed(
                    "port",
                    named + ": cannot listen on " + bind + ":" + port + ", " + e.getMessage(),
                    "choose another with -D" + name + "=..., or stop what is using it");
        }
    }

    /**
     * Checks the ports of health and board. A port in use by a running Turnpike is not a failure; the embedded broker's
     * port is checked with Kafka.
     *
     * @param patience longest wait for an answer of whatever listens on the management port
     */
    static List<Check> checkOpen(Settings settings, Duration patience) {
        List<Check> checks = new ArrayList<>();
        boolean running = false;
        for (String name : ofRun(settings)) {
            if (name.equals("kafka.embedded.port") || settings.integer(name) == 0) {
                continue;
            }
            Check check = check(settings, name);
            running = running || (check.isFailed() && name.equals(MANAGEMENT) && isTurnpike(settings, patience));
            checks.add(
                    check.isFailed() && running
                            ? Check.ok(
                                    check.subject(),
                                    name + " = " + settings.integer(name) + " is in use by a running Turnpike")
                            : check);
        }
        return checks;
    }

    /** Whether a Turnpike listens on the management port. */
    private static boolean isTurnpike(Settings settings, Duration patience) {
        String bind = settings.text("bind");
        String host = bind.equals("0.0.0.0") || bind.equals("::") ? "127.0.0.1" : bind;
        String url = "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + settings.integer(MANAGEMENT)
                + "/observe/metrics";
        HttpLimits limits = new HttpLimits(METRICS_BYTES, METRICS_BYTES, patience);
        try (BoundedHttp http = new BoundedHttp(limits, "turnpike", Network.plain());
                CloseableHttpClient client = http.newClient()) {
            return client.execute(new HttpGet(url), HttpReply::of).text().contains("turnpike_build_info");
        } catch (IOException | IllegalArgumentException e) {
            return false; // another program
        }
    }
}
