package dev.turnpike.http;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hosts that are called without a proxy, as {@code NO_PROXY} lists them and reqwest reads them: {@code example.com},
 * {@code .example.com} all mean that host and all below it, addresses may have a mask, {@code *} is everything. More than
 * there, {@code *.example.com} means the same, {@code 10.1.*} and {@code 10.0.0.0/255.0.0.0} are networks, a port after the host
 * means only that one, of a URL its host counts, and blanks, semicolons and bars part entries as commas do.
 */
public record NoProxy(List<String> entries) {
    private static final Pattern ADDRESS =
            Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*]?");
    private static final Pattern WITH_PORT = Pattern.compile("([^:]+|\\[[^]]+]):(\\d{1,5})");

    public NoProxy {
        entries = List.copyOf(entries);
    }

    /** What a list names. */
    public static NoProxy parse(String text) {
        return new NoProxy(Arrays.stream(text.split("[,;|\"'\\s]+"))
                .map(entry -> entry.toLowerCase(Locale.ROOT).replaceFirst("^\\w+://([^/]*).*|/$", "$1"))
                .map(NoProxy::network)
                .filter(entry -> !entry.isEmpty())
                .toList());
    }

    /** What {@code http.nonProxyHosts} names: {@code *.corp|10.*}. */
    public static NoProxy ofJvm(String text) {
        return parse(text);
    }

    /** The network of {@code 10.1.*}, anything else as it is. */
    private static String network(String entry) {
        Matcher addresses = Pattern.compile("(\\d{1,3})(\\.\\d{1,3})?(\\.\\d{1,3})?(\\.\\*){1,3}")
                .matcher(entry);
        if (!addresses.matches()) {
            return entry;
        }
        String second = Objects.requireNonNullElse(addresses.group(2), "");
        String third = Objects.requireNonNullElse(addresses.group(3), "");
        int octets = third.isEmpty() ? second.isEmpty() ? 1 : 2 : 3;
        return addresses.group(1) + second + third + ".0".repeat(4 - octets) + "/" + 8 * octets;
    }

    /** Whether the host is called directly at any of its ports. */
    boolean contains(String host) {
        return entries.stream()
                .map(entry -> WITH_PORT.matcher(entry).replaceFirst("$1"))
                .anyMatch(entry -> names(entry, host));
    }

    boolean contains(String host, int port) {
        return entries.stream().anyMatch(entry -> {
            Matcher withPort = WITH_PORT.matcher(entry);
            return withPort.matches()
                    ? withPort.group(2).equals(String.valueOf(port)) && names(withPort.group(1), host)
                    : names(entry, host);
        });
    }

    private static boolean names(String entry, String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return entry.equals("*") || (isAddress(name) ? containsAddress(entry, name) : isWithin(entry, name));
    }

    private static boolean isWithin(String entry, String host) {
        String domain = entry.replaceFirst("^\\*?\\.", "").replaceFirst("\\.$", "");
        String name = host.replaceFirst("\\.$", "");
        return name.equals(domain) || name.endsWith("." + domain);
    }

    private static boolean containsAddress(String entry, String host) {
        String[] parts = entry.split("/", 2);
        if (!isAddress(parts[0])) {
            return false;
        }
        byte[] network = bytes(parts[0]);
        byte[] address = bytes(host);
        if (network.length != address.length) {
            return false;
        }
        int bits = parts.length > 1 ? mask(parts[1], address.length * 8) : address.length * 8;
        for (int bit = 0; bit < bits; bit++) {
            int place = 0x80 >> (bit % 8);
            if ((network[bit / 8] & place) != (address[bit / 8] & place)) {
                return false;
            }
        }
        return bits >= 0;
    }

    /** Negative for what is no mask. */
    private static int mask(String text, int most) {
        if (text.contains(".") && isAddress(text)) {
            BigInteger mask = new BigInteger(1, bytes(text));
            int zeros = mask.signum() == 0 ? most : mask.getLowestSetBit();
            return mask.bitCount() == most - zeros ? most - zeros : -1;
        }
        int bits = text.matches("\\d{1,3}") ? Integer.parseInt(text) : -1;
        return bits > most ? -1 : bits;
    }

    private static boolean isAddress(String host) {
        return ADDRESS.matcher(host).matches();
    }

    private static byte[] bytes(String address) {
        try {
            // the pattern has seen to it that no name is looked up
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException e) {
            return new byte[0];
        }
    }
}
