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
import org.apache.hc.core5.net.InetAddressUtils;

/**
 * The hosts that are called without a proxy, as {@code NO_PROXY} lists them and reqwest reads them: {@code
 * example.com}, {@code .example.com} all mean that host and all below it, addresses may have a mask, {@code *} is
 * everything. In addition, {@code *.example.com} means the same, {@code *example.com} every name that ends so, {@code build*} one that begins so, {@code 10.1.*}, {@code 10.1.} and {@code 10.0.0.0/255.0.0.0} are
 * networks, a port after the host restricts the entry to that port, a URL stands for its host, and blanks, semicolons
 * and bars separate entries as commas do.
 */
public final class NoProxy {
    private static final Pattern ENTRY = Pattern.compile("([^:]+|\\[[^]]+]):(\\d{1,5})");
    private static final Pattern NETWORK = Pattern.compile("(\\d{1,3})(\\.\\d{1,3})?(\\.\\d{1,3})?((\\.\\*){1,3}|\\.)");

    /** Names without a dot, as Windows has it and WSL and GNOME take it over. */
    private static final String LOCAL = "<local>";

    private final List<Entry> entries;

    private NoProxy(List<Entry> entries) {
        this.entries = entries;
    }

    public static NoProxy parse(String text) {
        return new NoProxy(Arrays.stream(text.toLowerCase(Locale.ROOT).split("[,;|\"'\\s]+"))
                .map(entry -> entry.replaceFirst("^\\w+://([^/]*).*|/$", "$1"))
                .filter(entry -> !entry.isEmpty())
                .map(Entry::parse)
                .toList());
    }

    /** Whether the host is called directly at any of its ports. */
    boolean contains(String host) {
        Host called = Host.of(host);
        return entries.stream().anyMatch(entry -> entry.matches(called));
    }

    boolean contains(String host, int port) {
        Host called = Host.of(host);
        return entries.stream().anyMatch(entry -> (entry.port < 0 || entry.port == port) && entry.matches(called));
    }

    /**
     * @param name without a final dot
     * @param address null where the name is not an address
     */
    @SuppressWarnings("ArrayRecordComponent") // no host is compared as a whole
    private record Host(String name, byte[] address) {
        static Host of(String text) {
            String name = text.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
            return new Host(name, isAddress(name) ? bytes(name) : null);
        }

        private static boolean isAddress(String name) {
            // which HttpClient takes for a name
            return name.equals("0.0.0.0")
                    || InetAddressUtils.isIPv4(name)
                    || InetAddressUtils.isIPv6(name)
                    || InetAddressUtils.isIPv6URLBracketed(name);
        }

        private static byte[] bytes(String address) {
            try {
                // an address, so that nothing is resolved
                return InetAddress.getByName(address).getAddress();
            } catch (UnknownHostException e) {
                return null;
            }
        }
    }

    /**
     * @param host a domain or an address
     * @param bits of the address that a called one must share; negative for an invalid mask
     * @param port negative for any
     */
    private record Entry(Host host, int bits, int port) {
        static Entry parse(String text) {
            Matcher withPort = ENTRY.matcher(text);
            boolean hasPort = withPort.matches();
            String written = network(hasPort ? withPort.group(1) : text);
            int port = hasPort ? Integer.parseInt(withPort.group(2)) : -1;
            String[] parts = written.split("/", 2);
            Host address = Host.of(parts[0]);
            if (address.address == null) {
                return new Entry(Host.of(written.replaceFirst("^\\*?\\.", "")), 0, port);
            }
            int most = 8 * address.address.length;
            return new Entry(address, parts.length == 1 ? most : mask(parts[1], most), port);
        }

        /** Negative for an invalid mask. */
        private static int mask(String text, int most) {
            Host mask = Host.of(text);
            if (text.contains(".") && mask.address != null) {
                BigInteger bits = new BigInteger(1, mask.address);
                int zeros = bits.signum() == 0 ? most : bits.getLowestSetBit();
                return bits.bitCount() == most - zeros ? most - zeros : -1;
            }
            int bits = text.matches("\\d{1,3}") ? Integer.parseInt(text) : -1;
            return bits > most ? -1 : bits;
        }

        /** The network of {@code 10.1.*}, any other text unchanged. */
        private static String network(String text) {
            Matcher addresses = NETWORK.matcher(text);
            if (!addresses.matches()) {
                return text;
            }
            String second = Objects.requireNonNullElse(addresses.group(2), "");
            String third = Objects.requireNonNullElse(addresses.group(3), "");
            int octets = third.isEmpty() ? second.isEmpty() ? 1 : 2 : 3;
            return addresses.group(1) + second + third + ".0".repeat(4 - octets) + "/" + 8 * octets;
        }

        boolean matches(Host called) {
            if (host.name.contains("*")) {
                return called.name.matches("\\Q" + host.name.replace("*", "\\E.*\\Q") + "\\E");
            } else if (host.name.equals(LOCAL)) {
                return called.address == null && !called.name.contains(".");
            } else if (called.address == null) {
                return called.name.equals(host.name) || called.name.endsWith("." + host.name);
            }
            return bits >= 0
                    && host.address != null
                    && host.address.length == called.address.length
                    && prefix(host.address).equals(prefix(called.address));
        }

        private BigInteger prefix(byte[] address) {
            return new BigInteger(1, address).shiftRight(8 * address.length - bits);
        }
    }
}
