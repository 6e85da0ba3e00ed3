package dev.turnpike.doctor;

import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The ports this process is about to listen on. */
public final class Ports {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Set<String> ON_LOOPBACK = Set.of("kafka.embedded.port", "sandbox.port");

    private Ports() {}

    /** The settings of the ports {@code run} opens. */
    public static List<String> ofRun(Settings settings) {
        List<String> names = new ArrayList<>(List.of("management.port"));
        if (settings.flag("board.enabled")) {
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
}
