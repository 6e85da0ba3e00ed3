package dev.turnpike.codex.call;

import static dev.turnpike.http.HostileServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.credentials.Bearer;
import dev.turnpike.http.BoundedHttp;
import dev.turnpike.http.HostileServer;
import dev.turnpike.http.HttpLimits;
import dev.turnpike.http.Network;
import dev.turnpike.http.Secrets;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.impl.DefaultLogEventFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The log configuration that ships, at TRACE: nothing that is written may hold a token. */
class SecretsInLogTest {
    private static final String TOKEN = "secret-marked-0815";
    private static final String LIBRARY = "org.example.library";

    private final List<LogEvent> events = new CopyOnWriteArrayList<>();
    private Layout<?> shipped;

    @BeforeEach
    void logEverythingAsShipped() {
        System.setProperty("log.level", "trace");
        LoggerContext context = (LoggerContext) LogManager.getContext(false);
        context.reconfigure();
        LoggerConfig root = context.getConfiguration().getRootLogger();
        assertThat(root.getLevel()).isEqualTo(Level.TRACE);
        // as the setting does it: libraries are kept down until somebody wants everything
        Configurator.setLevel("org.apache", Level.TRACE);
        shipped = context.getConfiguration().<Appender>getAppender("console").getLayout();
        Appender capture = new AbstractAppender("capture", null, null, true, Property.EMPTY_ARRAY) {
            @Override
            public void append(LogEvent event) {
                events.add(event.toImmutable());
            }
        };
        capture.start();
        root.removeAppender("console");
        root.addAppender(capture, null, null);
    }

    @AfterEach
    void logAsUsual() {
        System.clearProperty("log.level");
        ((LoggerContext) LogManager.getContext(false)).reconfigure();
    }

    private String written(LogEvent event) {
        return new String(
                shipped.toByteArray(event),
                shipped.getContentType().contains("UTF-8")
                        ? java.nio.charset.StandardCharsets.UTF_8
                        : java.nio.charset.Charset.defaultCharset());
    }

    /** The only line of the library: at TRACE others write meanwhile, such as a client of a test before. */
    private String writtenByLibrary() {
        List<LogEvent> own = events.stream()
                .filter(event -> event.getLoggerName().equals(LIBRARY))
                .toList();
        assertThat(own).hasSize(1);
        return written(own.get(0));
    }

    private static String unmasked(LogEvent event) {
        return event.getLoggerName() + ": " + event.getMessage().getFormattedMessage();
    }

    private static void unmask() {
        ((LoggerContext) LogManager.getContext(false))
                .getConfiguration()
                .getLoggers()
                .values()
                .forEach(logger -> logger.setLogEventFactory(new DefaultLogEventFactory()));
    }

    @Test
    void noLineOfACallHoldsTheTokenEvenBeforeItIsMasked() throws Exception {
        unmask();
        try (HostileServer server = new HostileServer();
                BoundedHttp http = new BoundedHttp(HttpLimits.standard(), "turnpike/test", Network.plain())) {
            Main main = mainWith(server, http);
            TokensForTests tokens =
                    new TokensForTests(new Bearer(TOKEN, "w", true, null), refused -> refused, refused -> refused);
            server.next(json(401, "{}"), json(200, "{\"a\":1}"), json(500, "{\"detail\":\"Bearer " + TOKEN + "\"}"));
            ProducerTemplate template = main.getCamelTemplate();
            CodexRequest request = CodexRequest.get(tokens, "w/u", "usage");

            assertThat(template.requestBody("direct:codex", request).toString()).isEqualTo("{\"a\":1}");
            assertThat(template.send(
                                    "direct:codex", exchange -> exchange.getIn().setBody(request))
                            .getException())
                    .hasMessage("GET /usage: 500: ***");
            main.stop();
        }

        // the HTTP client knows the token and every URL: it stays quiet even now
        assertThat(events)
                .filteredOn(event -> event.getLoggerName().startsWith("org.apache.hc"))
                .noneMatch(event -> event.getLevel().isLessSpecificThan(Level.DEBUG));
        assertThat(events).extracting(LogEvent::getLoggerName).anyMatch(name -> name.startsWith("org.apache.camel"));
        assertThat(events).extracting(LogEvent::getLevel).contains(Level.TRACE);
        assertThat(events).extracting(SecretsInLogTest::unmasked).noneMatch(line -> line.contains(TOKEN));
        assertThat(events).extracting(this::written).noneMatch(line -> line.contains(TOKEN));
    }

    private static Main mainWith(HostileServer server, BoundedHttp http) {
        Main main = new Main();
        main.configure().withRoutesIncludePattern("file:routes/codex.camel.yaml");
        main.setPropertyPlaceholderLocations("classpath:dev/turnpike/camel.properties");
        main.addInitialProperty("codex.base-url", server.url());
        main.addInitialProperty("codex.threads-url", server.url());
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport starting) {
                CodexCallBeans.bind(
                        starting.getCamelContext().getRegistry(),
                        CodexBase.of(URI.create(server.url())),
                        ThreadsBase.of(URI.create(server.url())),
                        http,
                        (endpoint, outcome, duration) -> assertThat(endpoint).isEqualTo("usage"),
                        Clock.systemUTC());
            }
        });
        main.start();
        return main;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "authorization: Bearer " + TOKEN,
                "BEARER " + TOKEN + "\"}",
                "eyJhbGciOiJub25l.eyJ" + TOKEN + ".c2ln",
                "refresh_token=rt_" + TOKEN,
                "CODEX_ACCESS_TOKEN=at-" + TOKEN,
                "OPENAI_API_KEY=sk-proj-" + TOKEN,
                "whsec_" + TOKEN + "+/=",
                "whsk_" + TOKEN + "+/=",
                "xoxb-1-2-" + TOKEN,
                "proxy=http://user:" + TOKEN + "@proxy.example:3128",
                "https://:" + TOKEN + "@host/path",
                "PlainLoginModule required username=\"u\" password=\"" + TOKEN + "\";",
                "ScramLoginModule required password = 'x\\'" + TOKEN + "';",
                "OAuthBearerLoginModule required clientId=\"c\" clientSecret=\"" + TOKEN + "\" ;",
                "https://hooks.slack.com/services/T0/B0/" + TOKEN,
                "https://hooks.slack-gov.com/workflows/" + TOKEN,
            })
    void whateverALibraryLogsIsMasked(String line) {
        LogManager.getLogger(LIBRARY).debug("said {}", line, new IOException("cause " + line, new IOException(line)));

        String written = writtenByLibrary();

        assertThat(written).contains("said ", "***", "java.io.IOException: cause ", "Caused by: ", "\tat ");
        assertThat(written).doesNotContain(TOKEN);
        assertThat(Secrets.masked("said " + line)).contains("***").doesNotContain(TOKEN);
    }

    @Test
    void theRestOfALineStays() {
        String rest =
                "account=w-1/user_rt after=9s url=http://127.0.0.1:8080/a@b from=PLAINTEXT://h:1 password=[hidden]";
        LogManager.getLogger(LIBRARY).info("Polling resumed {}", rest);

        assertThat(writtenByLibrary()).endsWith("library - Polling resumed " + rest + System.lineSeparator());
    }
}
