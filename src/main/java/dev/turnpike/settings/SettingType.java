package dev.turnpike.settings;

import dev.turnpike.http.CertificateBundle;
import dev.turnpike.http.ClientCertificate;
import dev.turnpike.http.ForwardProxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Type of a setting: which texts are allowed and how they are parsed.
 *
 * @param allowed completes the sentence "must be ..."
 * @param parser throws {@link IllegalArgumentException} for what is not allowed; the second argument makes a path
 *      absolute
 * @param isPath whether the texts name files
 */
record SettingType(String allowed, Parser parser, boolean isPath) {
    SettingType(String allowed, Parser parser) {
        this(allowed, parser, false);
    }

    @FunctionalInterface
    interface Parser {
        Object parse(String text, UnaryOperator<Path> absolute);
    }

    boolean accepts(String text) {
        try {
            parser.parse(text, path -> path);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static SettingType of(String allowed, Function<String, Object> parser) {
        return new SettingType(allowed, (text, absolute) -> parser.apply(text));
    }

    /** The same type with its value mapped by a function, which may reject it. */
    private <T> SettingType then(Class<T> type, Function<T, Object> more) {
        return new SettingType(
                allowed, (text, absolute) -> more.apply(type.cast(parser.parse(text, absolute))), isPath);
    }

    static SettingType text(String allowed) {
        return of(allowed, text -> text);
    }

    static SettingType matching(String allowed, String regex) {
        Pattern pattern = Pattern.compile(regex);
        return of(allowed, text -> {
            require(pattern.matcher(text).matches());
            return text;
        });
    }

    /** An address without a port, or a host name; brackets around an IPv6 address are cut. */
    static SettingType address() {
        String ipv6 = "[0-9A-Fa-f]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(?:%[\\w.-]+)?";
        return matching("an address or host name, without a port", "\\[" + ipv6 + "]|" + ipv6 + "|[A-Za-z0-9._-]+")
                .then(String.class, address -> address.replaceAll("[\\[\\]]", ""));
    }

    static SettingType oneOf(String... words) {
        List<String> list = List.of(words);
        String allowed = String.join(", ", list).replaceFirst(", (\\S+)$", " or $1");
        return of(allowed, text -> {
            String word = text.toLowerCase(Locale.ROOT);
            require(list.contains(word));
            return word;
        });
    }

    /** One of the words, or an instant in UTC. */
    static SettingType instant(String... words) {
        List<String> list = List.of(words);
        String allowed = String.join(", ", list) + " or a time in UTC such as 2026-11-22T09:00:00Z";
        return of(allowed, text -> {
            try {
                return list.contains(text) ? text : Instant.parse(text).toString();
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException("not allowed", e);
            }
        });
    }

    static SettingType whole(long min, long max) {
        return of("a whole number from " + min + " to " + max, text -> within(text, min, max));
    }

    static SettingType flag() {
        return oneOf("true", "false").then(String.class, Boolean::valueOf);
    }

    static SettingType duration(String min, String max) {
        Duration least = DurationText.parse(min);
        Duration most = DurationText.parse(max);
        String allowed = "a duration with its unit, such as 500ms, 15s, 10m, 1h or 30d, from " + min + " to " + max;
        return of(allowed, text -> {
            Duration duration = DurationText.parse(text);
            require(duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0);
            return duration;
        });
    }

    /** An absolute {@code http} or {@code https} URI without user information; trailing slashes are cut. */
    static SettingType uri() {
        return uri(", and without a query", text -> text.replaceAll("/+$", "")).then(URI.class, uri -> {
            require(uri.getQuery() == null);
            return uri;
        });
    }

    /** The same, unchanged: a receiver may distinguish a path with a trailing slash from one without. */
    static SettingType exactUri() {
        return uri("", UnaryOperator.identity());
    }

    private static SettingType uri(String more, UnaryOperator<String> trim) {
        return of("an http or https URL without user name or password" + more, text -> {
            URI uri = URI.create(trim.apply(text));
            require(String.valueOf(uri.getScheme()).matches("(?i)https?"));
            require(uri.getHost() != null && uri.getUserInfo() == null && uri.getFragment() == null);
            return uri;
        });
    }

    /** Kafka brokers; a security protocol before them, as in providers' consoles, is read by {@link Settings}. */
    static SettingType brokers() {
        Pattern broker = Pattern.compile(
                "((?i:PLAINTEXT|SSL|SASL_PLAINTEXT|SASL_SSL)://)?([\\w.%-]+|\\[[0-9a-fA-F:]+(?:%[\\w.-]+)?]):(\\d{1,5})");
        return of("host:port, comma-separated", text -> {
            // Kafka's own clients skip empty items, and a protocol before one broker applies to all
            List<Matcher> items = Arrays.stream(text.split(","))
                    .map(String::strip)
                    .filter(item -> !item.isEmpty())
                    .map(broker::matcher)
                    .toList();
            require(!items.isEmpty()
                    && items.stream().allMatch(item -> item.matches() && within(item.group(3), 1, 65_535) > 0));
            Stream<String> protocols = items.stream().map(item -> item.group(1)).filter(Objects::nonNull);
            require(protocols
                            .map(protocol -> protocol.toUpperCase(Locale.ROOT))
                            .distinct()
                            .count()
                    <= 1);
            return items.stream()
                    .map(item -> item.group(2) + ":" + item.group(3))
                    .distinct()
                    .toList();
        });
    }

    static SettingType proxy() {
        return of(ForwardProxy.ALLOWED, ForwardProxy::parse);
    }

    /** A file of certificates, which is read. */
    static SettingType certificates() {
        return path("a readable PEM or DER file with at least one valid certificate", CertificateBundle::read);
    }

    /** A file with a private key, which is read. */
    static SettingType privateKey() {
        return path("a readable PEM file with an unencrypted private key (PKCS#8)", ClientCertificate::readKey);
    }

    /**
     * Keys of Standard Webhooks' signatures. The version that receivers may show before a key, {@code v1,whsec_...}, is
     * removed. Base64 for URLs is not allowed, since the receivers' libraries do not decode it.
     */
    static SettingType signingKeys() {
        SettingType keys = items(
                "whsec_ and 24 to 64 bytes in Base64, or whsk_ and an Ed25519 key of 32 or 64 bytes, or two of these, comma-separated",
                (key, absolute) -> {
                    require(key.startsWith("whsec_") || key.startsWith("whsk_"));
                    int bytes = Base64.getDecoder().decode(key.substring(key.indexOf('_') + 1)).length;
                    require(!key.startsWith("whsk_") || bytes == 32 || bytes == 64);
                    require(bytes >= 24 && bytes <= 64);
                    return key;
                });
        return new SettingType(
                keys.allowed(),
                (text, absolute) -> keys.parser().parse(text.replaceAll("(^|,)\\s*v1,(?=whsec_)", "$1"), absolute));
    }

    static SettingType path() {
        return path("a path", path -> {});
    }

    static SettingType folder() {
        return path("an existing folder", folder -> require(Files.isDirectory(folder)));
    }

    private static SettingType path(String allowed, Consumer<Path> check) {
        return new SettingType(allowed, SettingType::absolute, true).then(Path.class, path -> {
            check.accept(path);
            return path;
        });
    }

    static SettingType paths() {
        SettingType paths = items("one or more different paths, comma-separated", SettingType::absolute);
        return new SettingType(paths.allowed(), paths.parser(), true);
    }

    /** Additional HTTP headers, one per line; those that this program sets itself are not allowed. */
    static SettingType headers() {
        Pattern header = Pattern.compile(
                "(?!(?i:webhook-.*|content-(type|length)|host|connection|transfer-encoding):)[A-Za-z0-9-]+: ?[\\x20-\\x7e]+");
        return of("headers such as Authorization: Bearer …, one per line (separated by \\n in the file)", text -> {
            List<String> lines = text.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
            require(lines.stream().allMatch(header.asMatchPredicate()));
            return lines;
        });
    }

    /** A list of different items that each match. */
    static SettingType list(String allowed, String itemRegex) {
        return items(allowed, matching(allowed, itemRegex).parser());
    }

    /** Whole percentages from 1 to 100. */
    static SettingType percentages() {
        return items(
                        "ascending comma-separated whole percentages from 1 to 100",
                        (item, absolute) -> within(item, 1, 100))
                .then(List.class, SettingType::ascending);
    }

    private static List<?> ascending(List<?> numbers) {
        require(numbers.stream().sorted().toList().equals(numbers));
        return numbers;
    }

    /** A list of different items, each parsed by itself. */
    private static SettingType items(String allowed, Parser item) {
        return new SettingType(
                allowed,
                (text, absolute) -> different(Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .peek(each -> require(!each.isEmpty()))
                        .map(each -> item.parse(each, absolute))
                        .toList()));
    }

    private static <T> List<T> different(List<T> items) {
        require(new HashSet<>(items).size() == items.size());
        return items;
    }

    private static Path absolute(String text, UnaryOperator<Path> absolute) {
        try {
            return absolute.apply(Path.of(text));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("not a path", e);
        }
    }

    private static long within(String text, long min, long max) {
        long number = Long.parseLong(text);
        require(number >= min && number <= max);
        return number;
    }

    private static void require(boolean allowed) {
        if (!allowed) {
            throw new IllegalArgumentException("not allowed");
        }
    }
}
