package dev.turnpike.http;

import dev.turnpike.Patience;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A throw-away certificate authority that no JDK knows, and a server's certificate of it; made by the JDK's keytool. */
public final class CompanyAuthority {
    public static final String NAME = "CN=Example Corp Root CA";
    public static final String PASSWORD = "changeit";

    private final Path store;
    private final Path pem;

    private CompanyAuthority(Path store, Path pem) {
        this.store = store;
        this.pem = pem;
    }

    /**
     * Makes both.
     *
     * @param hosts what the server's certificate is for, as keytool has it: {@code dns:example.test,ip:127.0.0.1}
     */
    public static CompanyAuthority in(Path folder, String hosts) throws Exception {
        Path store = folder.resolve("company.p12");
        keytool(store, "-alias", "ca", "-dname", NAME, "-ext", "bc:c");
        keytool(store, "-alias", "server", "-dname", "CN=server", "-signer", "ca", "-ext", "san=" + hosts);
        Path pem = Files.writeString(folder.resolve("company.pem"), "# Example Corp\n" + pem(load(store)));
        return new CompanyAuthority(store, pem);
    }

    private static void keytool(Path store, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                "-genkeypair",
                "-keyalg",
                "EC",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-validity",
                "2"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (Patience.awaitEnd(process, "keytool") != 0) {
            throw new IllegalStateException("keytool: " + said);
        }
    }

    private static KeyStore load(Path store) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(store)) {
            keys.load(file, PASSWORD.toCharArray());
        }
        return keys;
    }

    private static String pem(KeyStore keys) throws GeneralSecurityException {
        return pem("CERTIFICATE", keys.getCertificate("ca").getEncoded());
    }

    private static String pem(String kind, byte[] encoded) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
                + "\n-----END " + kind + "-----\n";
    }

    /** A client's certificate of the authority, and its key beside it in {@code client.key}. */
    public Path client(Path folder) throws Exception {
        keytool(store, "-alias", "client", "-dname", "CN=turnpike", "-signer", "ca");
        KeyStore keys = load(store);
        Files.writeString(
                folder.resolve("client.key"),
                pem("PRIVATE KEY", keys.getKey("client", PASSWORD.toCharArray()).getEncoded()));
        return Files.writeString(
                folder.resolve("client.pem"),
                pem("CERTIFICATE", keys.getCertificate("client").getEncoded()));
    }

    /** The authority's own certificate, as companies hand it round. */
    public Path pem() {
        return pem;
    }

    /** The keys of authority and server, {@link #PASSWORD} everywhere. */
    public Path store() {
        return store;
    }

    /** For a server that shows the certificate, and the authority's behind it, and trusts the authority's clients. */
    public SSLContext server() throws IOException, GeneralSecurityException {
        KeyStore keys = load(store);
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        authorities.setCertificateEntry("ca", keys.getCertificate("ca"));
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(authorities);
        keys.deleteEntry("ca");
        keys.deleteEntry("client");
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }
}
