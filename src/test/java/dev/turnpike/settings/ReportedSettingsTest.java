package dev.turnpike.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings that people have brought to programs like this one; {@code docs/known-cases.md} has the sources. */
class ReportedSettingsTest {
    @TempDir
    private Path folder;

    @Test
    void anEmptyKafkaPropertyIsPassedOnAsEmptyWhereverItIsGiven() throws IOException {
        String name = "ssl.endpoint.identification.algorithm";
        Path file = file("kafka.brokers = k:9093\nkafka.properties." + name + " =\n");

        assertThat(Settings.load(file, Map.of(), Map.of()).kafkaProperties()).containsEntry(name, "");
        for (String prefix : List.of("", "TURNPIKE_")) {
            assertThat(Settings.load(
                                    null,
                                    Map.of(prefix + "KAFKA_PROPERTIES_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM", ""),
                                    Map.of())
                            .kafkaProperties())
                    .containsEntry(name, "");
        }
        assertThat(Settings.load(
                                file("kafka.properties." + name + " = https"),
                                Map.of(),
                                Map.of("kafka.properties." + name, ""))
                        .kafkaProperties())
                .containsEntry(name, "");
    }

    /** Kafka's clients ask Java for an algorithm of that name, at the first connection. */
    @ParameterizedTest
    @ValueSource(strings = {"none", "null", "false", "\"\""})
    void aCheckOfHostsThatKafkaDoesNotHaveIsRefused(String given) {
        String name = "kafka.properties.ssl.endpoint.identification.algorithm";

        assertThat(problems(Map.of(
                        "KAFKA_BROKERS", "k:9093", name.toUpperCase(Locale.ROOT).replace('.', '_'), given)))
                .singleElement()
                .asString()
                .startsWith(name + " = " + given)
                .endsWith("must be https, or empty for brokers whose certificates name another host");
        assertThat(Settings.of(Map.of("kafka.brokers", "k:9093", name, "HTTPS")).kafkaProperties())
                .containsEntry("ssl.endpoint.identification.algorithm", "HTTPS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bootstrap.servers=a:9092", "$(KAFKA_HOST):9092", "${KAFKA_HOST}:9092", "a;b:9092"})
    void aBrokerWhoseNameNoHostCanHaveIsRefused(String given) {
        assertThat(problems(Map.of("KAFKA_BROKERS", given)))
                .containsExactly("kafka.brokers = " + given
                        + " (environment KAFKA_BROKERS): must be host:port, comma-separated");
    }

    @Test
    void aBaseUrlWithAQueryIsRefused() {
        assertThat(problems(Map.of("CODEX_BASE_URL", "https://chatgpt.com/backend-api?model=x")))
                .singleElement()
                .asString()
                .endsWith("must be an http or https URL without user name or password, and without a query");
        assertThat(Settings.load(
                                null,
                                Map.of(
                                        "WEBHOOK_URL",
                                        "https://example.test/?key=1",
                                        "WEBHOOK_SECRET",
                                        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                                Map.of())
                        .uri("webhook.url"))
                .hasQuery("key=1");
    }

    @Test
    void aFolderOfWindowsIsToldHowABackslashIsWritten() throws IOException {
        Path file = file("data.dir = C:\\users\\ada\n");

        assertThat(catchThrowableOfType(SettingsException.class, () -> Settings.load(file, Map.of(), Map.of())))
                .hasMessageEndingWith("A backslash is written \\\\.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "SASL_SSL://pkc-00000.eu-central-1.aws.confluent.cloud:9092; pkc-00000.eu-central-1.aws.confluent.cloud:9092; SASL_SSL",
                "ssl://a:1, SSL://[::1]:2; a:1,[::1]:2; SSL",
                "PLAINTEXT://a:1; a:1; PLAINTEXT",
                "SSL://[fe80::1%eth0]:9093; [fe80::1%eth0]:9093; SSL",
                "SASL_SSL://a:1,b:2,; a:1,b:2; SASL_SSL",
                "a:1 , sasl_ssl://b:2; a:1,b:2; SASL_SSL"
            })
    void theProtocolBeforeABrokerIsTaken(String given, String brokers, String protocol) {
        Settings settings = Settings.load(null, Map.of("KAFKA_BROKERS", given), Map.of());

        assertThat(String.join(",", settings.list("kafka.brokers"))).isEqualTo(brokers);
        assertThat(settings.asProperties()).containsEntry("kafka.brokers", brokers);
        assertThat(settings.kafkaProperties()).containsEntry("security.protocol", protocol);
    }

    @Test
    void twoProtocolsAreAContradiction() {
        assertThat(problems(
                        Map.of("KAFKA_BROKERS", "SASL_SSL://a:1", "KAFKA_PROPERTIES_SECURITY_PROTOCOL", "PLAINTEXT")))
                .singleElement()
                .asString()
                .contains("security.protocol", "conflicts with SASL_SSL:// in kafka.brokers");
        assertThat(problems(Map.of("KAFKA_BROKERS", "SASL_SSL://a:1,SSL://b:2")))
                .hasSize(1);
        assertThat(problems(Map.of("KAFKA_BROKERS", "http://a:1"))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",",
                "h:0",
                "h:99999",
                "h:9092;i:9092",
                "h:9092 i:9092",
                "kafka+ssl://h:9096",
                "user:hunter2@h:9092",
                "user@h:9092",
                "SASL_SSL://h:9092/",
                "::1:9092"
            })
    void whatIsNoBrokerIsRefusedByItsSetting(String brokers) {
        assertThat(problems(Map.of("KAFKA_BROKERS", brokers)))
                .singleElement()
                .asString()
                .startsWith("kafka.brokers = ")
                .endsWith("must be host:port, comma-separated");
    }

    /** Also where the password has the marks of a URL or of a list. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "user:hunter2@h:9092",
                "h:9092,user:hunter2@i:9092",
                "h:9092, user:hunter2@i:9092",
                "SASL_SSL://user:hunter2@h:9092",
                "SASL_SSL://user:x/#?:,hunter2@h:9092",
                "SASL_SSL://hunter2@h:9092",
                "SASL_SSL://h:9092,SASL_SSL://user:hunter2@x@i:9092",
                "\"user:hunter2@h:9092\""
            })
    void theSignInBeforeABrokerIsNotRepeated(String brokers) {
        assertThat(problems(Map.of("KAFKA_BROKERS", brokers)))
                .singleElement()
                .asString()
                .contains("***@")
                .contains(":9092")
                .doesNotContain("hunter2");
    }

    /** jef/streetmerchant 1059, TritonDataCenter/sdc-docker 167: docker's env files keep the quotes around a value. */
    @ParameterizedTest
    @CsvSource({
        "KAFKA_BROKERS, h:9092",
        "SLACK_WEBHOOK_URL, https://hooks.slack.com/services/T0/B0/hunter2",
        "POLL_USAGE, 60s",
        "CODEX_BASE_URL, https://chatgpt.com/backend-api"
    })
    void quotesAroundAValueAreNamed(String name, String value) {
        for (String quote : List.of("\"", "'")) {
            assertThat(problems(Map.of(name, quote + value + quote)))
                    .singleElement()
                    .asString()
                    .endsWith(", without quotes")
                    .doesNotContain("hunter2");
        }
        assertThat(Settings.load(null, Map.of(name, value), Map.of()).notices()).isEmpty();
    }

    private static Map<String, String> withKafkaProperty(String property, String value) {
        return Map.of(
                "KAFKA_BROKERS",
                "k:9092",
                "KAFKA_PROPERTIES_" + property.toUpperCase(Locale.ROOT).replace('.', '_'),
                value);
    }

    @ParameterizedTest
    @CsvSource({"group.protocol, consumer", "group.instance.id, turnpike-0"})
    void whatWouldChangeHowGroupsAreLeftIsRefused(String property, String value) {
        assertThat(problems(withKafkaProperty(property, value)))
                .singleElement()
                .asString()
                .contains("kafka.properties." + property, "must not be set");
    }

    /** confluentinc/librdkafka 1412, zendesk/racecar 260: what providers' pages show for clients in other languages. */
    @ParameterizedTest
    @CsvSource({
        "sasl.mechanisms, PLAIN, sasl.mechanism",
        "sasl.username, hunter2, sasl.jaas.config",
        "sasl.password, hunter2, sasl.jaas.config",
        "ssl.ca.location, /etc/ca.pem, 'ssl.truststore.location, with ssl.truststore.type=PEM'",
        "ssl.key.location, /etc/key.pem, 'ssl.keystore.location, with ssl.keystore.type=PEM'",
        "metadata.broker.list, k:1, kafka.brokers"
    })
    void propertiesOfOtherClientsAreRefusedWithTheOneThatIsMeant(String property, String value, String meant) {
        assertThat(problems(withKafkaProperty(property, value)))
                .singleElement()
                .asString()
                .startsWith("kafka.properties." + property + " = ")
                .endsWith("is a librdkafka property; Kafka's Java clients use " + meant)
                .doesNotContain("hunter2");
    }

    /** Brokers compare these letter by letter, and a refused sign-in or an unknown store comes at the first connection. */
    @ParameterizedTest
    @CsvSource({
        "sasl.mechanism, plain, PLAIN",
        "sasl.mechanism, scram-sha-512, SCRAM-SHA-512",
        "sasl.mechanism, SCRAM_SHA_256, SCRAM-SHA-256",
        "sasl.mechanism, SCRAM-SHA512, SCRAM-SHA-512",
        "sasl.mechanism, '\"PLAIN\"', PLAIN",
        "sasl.mechanism, OAuthBearer, OAUTHBEARER",
        "ssl.truststore.type, pem, PEM",
        "ssl.keystore.type, Pem, PEM"
    })
    void aWordThatKafkaTakesInItsLettersOnlyIsRefusedInOthers(String property, String value, String right) {
        assertThat(problems(withKafkaProperty(property, value)))
                .singleElement()
                .asString()
                .startsWith("kafka.properties." + property + " = ")
                .endsWith("must be exactly " + right + " (case-sensitive)");
    }

    @ParameterizedTest
    @CsvSource({
        "sasl.mechanism, SCRAM-SHA-512",
        "sasl.mechanism, AWS_MSK_IAM",
        "ssl.truststore.type, PEM",
        "ssl.truststore.type, jks",
        "ssl.keystore.type, pkcs12"
    })
    void anyOtherWordIsPassedOn(String property, String value) {
        assertThat(Settings.load(null, withKafkaProperty(property, value), Map.of())
                        .kafkaProperties())
                .containsEntry(property, value);
    }

    @Test
    void aPropertyThatKafkaDoesNotKnowIsPassedOnWithAWord() {
        Settings settings = Settings.load(
                null,
                Map.of(),
                Map.of(
                        "kafka.brokers", "k:1",
                        "kafka.properties.SASL.Mechanism", "PLAIN",
                        "kafka.properties.ssl.trustore.type", "PEM",
                        "kafka.properties.schema.registry.url", "https://registry.example.test"));

        assertThat(settings.kafkaProperties()).hasSize(3).containsEntry("SASL.Mechanism", "PLAIN");
        assertThat(settings.notices())
                .containsExactlyInAnyOrder(
                        "kafka.properties.SASL.Mechanism (-D): Kafka's clients know no such property; did you mean"
                                + " kafka.properties.sasl.mechanism?",
                        "kafka.properties.ssl.trustore.type (-D): Kafka's clients know no such property; did you mean"
                                + " kafka.properties.ssl.truststore.type?");
    }

    @Test
    void aVariableInLowerCaseKeepsItsValue() {
        Settings settings = Settings.load(
                null, Map.of("KAFKA_BROKERS", "k:9092", "KAFKA_PROPERTIES_sasl_mechanism", "PLAIN"), Map.of());

        assertThat(settings.kafkaProperties()).containsExactly(Map.entry("sasl.mechanism", "PLAIN"));
    }

    @ParameterizedTest
    @CsvSource({"[::1], ::1", "::, ::", "fe80::1%eth0, fe80::1%eth0", "0.0.0.0, 0.0.0.0", "my_host.test, my_host.test"})
    void anAddressToBindToMayStandInBrackets(String given, String address) {
        assertThat(Settings.load(null, Map.of("BIND", given), Map.of()).text("bind"))
                .isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:8080", "[::1]:8080", "[::1", "[localhost]", "*", "http://localhost"})
    void anAddressToBindToHasNoPort(String given) {
        assertThat(problems(Map.of("BIND", given)))
                .containsExactly(
                        "bind = " + given + " (environment BIND): must be an address or host name, without a port");
    }

    /** A service that is called turnpike-http. */
    @Test
    void ofAServiceWithThePrefixTheAdviceIsNotTheSameVariable() {
        assertThat(Settings.load(null, Map.of("TURNPIKE_HTTP_PORT", "tcp://10.0.12.8:80"), Map.of())
                        .notices())
                .containsExactly("environment TURNPIKE_HTTP_PORT is ignored: the address of a Kubernetes service,"
                        + " http.port is set by -D or in application.properties");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "KAFKA_BOOTSTRAP_SERVERS",
                "TURNPIKE_KAFKA_BOOTSTRAP_SERVERS",
                "SPRING_KAFKA_BOOTSTRAP_SERVERS",
                "KAFKA_BROKER_LIST",
                "KAFKA_BROKER"
            })
    void brokersThatAreNamedAsInOtherProgramsAreNotPassedOverInSilence(String variable) {
        String notice = "environment " + variable + " is ignored: kafka.brokers is set by KAFKA_BROKERS";

        assertThat(Settings.load(null, Map.of(variable, "k:9092"), Map.of()).notices())
                .contains(notice);
        assertThat(Settings.load(null, Map.of(variable, "k:9092", "KAFKA_BROKERS", "k:9092"), Map.of())
                        .notices())
                .doesNotContain(notice);
    }

    @ParameterizedTest
    @CsvSource({"sasl.mechanism, PLAIN, SASL_SSL", "ssl.truststore.location, /etc/trust.jks, SSL"})
    void whatHasNoEffectInPlainTextIsNoticed(String property, String value, String protocol) throws IOException {
        String name = "kafka.properties." + property;
        String notice = name + " has no effect without kafka.properties.security.protocol, such as " + protocol;

        assertThat(Settings.load(file(name + " = " + value), Map.of("KAFKA_BROKERS", "k:1"), Map.of())
                        .notices())
                .containsExactly(notice);
        assertThat(Settings.load(file(name + " = " + value), Map.of("KAFKA_BROKERS", "SASL_SSL://k:1"), Map.of())
                        .notices())
                .isEmpty();
    }

    /** Kafka's clients use TLS or SASL only where the protocol names it, and Kerberos without a mechanism. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SSL | sasl.mechanism | PLAIN | kafka.properties.sasl.mechanism has no effect with kafka.properties.security.protocol=SSL, but with one such as SASL_SSL",
                "sasl_plaintext | ssl.truststore.location | /ca.jks | kafka.properties.ssl.truststore.location has no effect with kafka.properties.security.protocol=SASL_PLAINTEXT, but with one such as SASL_SSL",
                "SASL_SSL | sasl.jaas.config | x.PlainLoginModule required; | kafka.properties.sasl.mechanism is not set: Kafka's clients use GSSAPI (Kerberos)"
            })
    void whatHasNoEffectWithAProtocolIsNoticed(String protocol, String property, String value, String notice)
            throws IOException {
        String text =
                "kafka.properties.security.protocol = " + protocol + "\nkafka.properties." + property + " = " + value;

        assertThat(Settings.load(file(text), Map.of("KAFKA_BROKERS", "k:1"), Map.of())
                        .notices())
                .containsExactly(notice);
    }

    /** In a file for {@code docker --env-file}, quotes are a part of the value. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "KAFKA_PROPERTIES_SECURITY_PROTOCOL | \"SASL_SSL\"",
                "KAFKA_PROPERTIES_SASL_JAAS_CONFIG | 'x.PlainLoginModule required username=\"u\" password=\"p\";'"
            })
    void aPropertyOfKafkaInQuotesIsRefused(String variable, String value) {
        assertThat(problems(Map.of("KAFKA_BROKERS", "k:9092", variable, value)))
                .singleElement()
                .asString()
                .endsWith("must be without quotes around it")
                .doesNotContain("username");
        assertThat(Settings.load(
                                null,
                                Map.of("KAFKA_BROKERS", "k:9092", "KAFKA_PROPERTIES_SSL_KEY_PASSWORD", "'p'"),
                                Map.of())
                        .kafkaProperties())
                .containsEntry("ssl.key.password", "'p'");
    }

    /** Kafka's clients find that out at the first connection, as a failure of SASL. */
    @ParameterizedTest
    @CsvSource({
        "SCRAM-SHA-512, plain.Plain, PLAIN",
        "PLAIN, scram.Scram, SCRAM",
        "GSSAPI, plain.Plain, PLAIN",
        "PLAIN, oauthbearer.OAuthBearer, OAUTHBEARER"
    })
    void aLoginModuleOfAnotherMechanismIsRefused(String mechanism, String module, String needed) {
        String login =
                "org.apache.kafka.common.security." + module + "LoginModule required username=\"u\" password=\"p\";";

        assertThat(problems(Map.of(
                        "KAFKA_BROKERS", "SASL_SSL://k:1",
                        "KAFKA_PROPERTIES_SASL_MECHANISM", mechanism,
                        "KAFKA_PROPERTIES_SASL_JAAS_CONFIG", login)))
                .containsExactly("kafka.properties.sasl.mechanism = " + mechanism
                        + " (environment KAFKA_PROPERTIES_SASL_MECHANISM): does not match the login module in"
                        + " kafka.properties.sasl.jaas.config, which is for " + needed);
    }

    /** Then neither has an effect, which is noticed. */
    @ParameterizedTest
    @ValueSource(strings = {"k:1", "SSL://k:1"})
    void withoutSaslAnotherMechanismIsNoReasonToRefuse(String brokers) {
        assertThat(Settings.load(
                                null,
                                Map.of(
                                        "KAFKA_BROKERS", brokers,
                                        "KAFKA_PROPERTIES_SASL_MECHANISM", "PLAIN",
                                        "KAFKA_PROPERTIES_SASL_JAAS_CONFIG",
                                                "org.apache.kafka.common.security.scram.ScramLoginModule required;"),
                                Map.of())
                        .notices())
                .singleElement()
                .asString()
                .contains("has no effect");
    }

    @Test
    void aCertificateInAVariableOfOneLineHasItsLines() {
        String pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
        for (String line : List.of("\\n", "\\r\\n", "\n")) {
            assertThat(Settings.load(
                                    null,
                                    Map.of(
                                            "KAFKA_BROKERS",
                                            "SSL://k:1",
                                            "KAFKA_PROPERTIES_SSL_TRUSTSTORE_CERTIFICATES",
                                            pem.replace("\n", line)),
                                    Map.of())
                            .kafkaProperties()
                            .get("ssl.truststore.certificates")
                            .strip())
                    .isEqualTo(pem.strip());
        }
    }

    /** As pages for Kafka 3 have it. */
    @Test
    void aClassThatKafkaHasMovedIsNamedByItsNewName() {
        String kafka = "org.apache.kafka.common.security.oauthbearer.";
        assertThat(problems(Map.of(
                        "KAFKA_BROKERS",
                        "SASL_SSL://k:1",
                        "KAFKA_PROPERTIES_SASL_LOGIN_CALLBACK_HANDLER_CLASS",
                        kafka + "secured.OAuthBearerLoginCallbackHandler")))
                .singleElement()
                .asString()
                .endsWith("must be " + kafka + "OAuthBearerLoginCallbackHandler, the name since Kafka 4");
    }

    /** A class of another's may be called so, and a login has secrets. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "KAFKA_PROPERTIES_SASL_LOGIN_CALLBACK_HANDLER_CLASS | com.example.oauthbearer.secured.Handler",
                "KAFKA_PROPERTIES_SASL_JAAS_CONFIG | com.example.oauthbearer.secured.Module required a=hunter2;",
                "KAFKA_PROPERTIES_SASL_OAUTHBEARER_CLIENT_CREDENTIALS_CLIENT_SECRET | 'hunter2'"
            })
    void whatOnlyLooksMovedOrQuotedIsTaken(String variable, String value) {
        assertThat(Settings.load(
                                null,
                                Map.of(
                                        "KAFKA_BROKERS",
                                        "SASL_SSL://k:1",
                                        "KAFKA_PROPERTIES_SASL_MECHANISM",
                                        "OAUTHBEARER",
                                        variable,
                                        value),
                                Map.of())
                        .kafkaProperties())
                .containsValue(value);
    }

    /** docker/cli 4404, mtrnix/metronix-memory PR 471. */
    @ParameterizedTest
    @CsvSource({"KAFKA_BROKERS, k:9092 # production", "SHARDS, # optional", "POLL_USAGE, 60s  # a minute"})
    void aCommentBehindAValueIsNamed(String variable, String value) {
        assertThat(problems(Map.of(variable, value)))
                .singleElement()
                .asString()
                .endsWith(", without a trailing comment");
    }

    @Test
    void aBrokerThatIsListedTwiceIsOne() {
        assertThat(Settings.load(null, Map.of("KAFKA_BROKERS", "a:1,b:1,a:1"), Map.of())
                        .list("kafka.brokers"))
                .containsExactly("a:1", "b:1");
    }

    @Test
    void aHostWithAnUnderscoreIsToldWhatIsWrongWithIt() {
        assertThat(problems(Map.of(
                        "WEBHOOK_URL",
                        "http://my_app:3000/hook",
                        "WEBHOOK_SECRET",
                        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")))
                .singleElement()
                .asString()
                .endsWith("no host name has an underscore: give the host another one, such as a network alias");
    }

    @Test
    void theVariablesOfKubernetesServicesArePassedOverWithAWord() {
        Map<String, String> pod = new HashMap<>(Map.of(
                "MANAGEMENT_PORT", "tcp://10.0.12.7:8080",
                "MANAGEMENT_SERVICE_HOST", "10.0.12.7",
                "MANAGEMENT_SERVICE_PORT", "8080",
                "HTTP_PORT", "tcp://10.0.12.8:80",
                "SANDBOX_PORT", "udp://[fd00::9]:8080",
                "TURNPIKE_SERVICE_HOST", "10.0.12.9",
                "TURNPIKE_PORT", "tcp://10.0.12.9:9876",
                "LOG_LEVEL", "warning",
                "LOG_FORMAT", "logfmt"));

        Settings settings = Settings.load(null, pod, Map.of());

        assertThat(settings.integer("management.port")).isEqualTo(9876);
        assertThat(settings.integer("http.port")).isEqualTo(8080);
        assertThat(settings.text("log.level")).isEqualTo("info");
        assertThat(settings.notices())
                .hasSize(5)
                .contains("environment MANAGEMENT_PORT is ignored: the address of a Kubernetes service,"
                        + " management.port is set by TURNPIKE_MANAGEMENT_PORT")
                .anyMatch(notice -> notice.startsWith("environment LOG_LEVEL is ignored: "))
                .anyMatch(notice -> notice.startsWith("environment LOG_FORMAT is ignored: "));
        pod.put("TURNPIKE_MANAGEMENT_PORT", "7000");
        assertThat(Settings.load(null, pod, Map.of()).integer("management.port"))
                .isEqualTo(7000);
    }

    @Test
    void thePrefixGoesOverTheBareNameAndATypoBehindItIsNoticed() {
        Settings settings = Settings.load(
                null,
                Map.of("SHARDS", "3", "TURNPIKE_SHARDS", "4", "TURNPIKE_POLL_USAG", "5s", "TURNPIKE_HOME", "/opt"),
                Map.of());

        assertThat(settings.integer("shards")).isEqualTo(4);
        assertThat(settings.origin("shards")).isEqualTo("environment TURNPIKE_SHARDS");
        assertThat(settings.notices())
                .containsExactly(
                        "environment TURNPIKE_POLL_USAG is ignored: no such setting; did you mean TURNPIKE_POLL_USAGE?");
        assertThat(problems(Map.of("TURNPIKE_SHARDS", "many"))).hasSize(1);
        assertThat(problems(Map.of("TURNPIKE_LOG_LEVEL", "warning"))).hasSize(1);
    }

    @Test
    void aSecretBehindThePrefixMayBeInAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "\ufeffat-hunter2\r\n");

        Settings settings = Settings.load(null, Map.of("TURNPIKE_CODEX_ACCESS_TOKEN_FILE", file.toString()), Map.of());

        assertThat(settings.text("codex.access-token")).isEqualTo("at-hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwa",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
                "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MD=",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-w",
                "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
            })
    void aDamagedSigningKeyIsRefusedWithItsNameAndNotItself(String key) {
        assertThat(problems(Map.of("WEBHOOK_URL", "https://ci.example.test/", "WEBHOOK_SECRET", key)))
                .containsExactly(
                        "webhook.secret = *** (environment WEBHOOK_SECRET):"
                                + " must be whsec_ and 24 to 64 bytes in Base64, or whsk_ and an Ed25519 key of 32 or 64 bytes, or two of these, comma-separated");
    }

    @Test
    void aSigningKeyMayBeNamedWithItsSignatureAsReceiversWriteIt() {
        String one = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        String two = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

        assertThat(Settings.of(Map.of("webhook.url", "https://a.test", "webhook.secret", "v1," + one))
                        .list("webhook.secret"))
                .containsExactly(one);
        assertThat(Settings.of(Map.of("webhook.url", "https://a.test", "webhook.secret", two + ", v1," + one))
                        .list("webhook.secret"))
                .containsExactly(two, one);
    }

    @Test
    void aFolderOfCertificatesThatHasNoneIsIgnoredWithANotice() throws IOException {
        Settings settings = Settings.load(null, Map.of("SSL_CERT_DIR", folder.toString()), Map.of());

        assertThat(settings.network().authorities()).isEmpty();
        assertThat(settings.notices())
                .containsExactly("folder " + folder + " (environment SSL_CERT_DIR) is ignored: " + folder
                        + " holds no certificate");
    }

    @Test
    void sinksAreShownInOneOrder() {
        Map<String, String> given = Map.of(
                "slacks", "dev",
                "slack.dev.webhook-url", "https://hooks.slack.com/services/x",
                "webhooks", "ci",
                "webhook.ci.url", "https://example.org",
                "webhook.ci.secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assertThat(Settings.load(null, Map.of(), given).shown())
                .extracting(Settings.Shown::name)
                .containsSubsequence("slack.dev.webhook-url", "webhook.ci.url");
    }

    @Test
    void whatIsPassedOnIsNeverShown() {
        Map<String, String> given = Map.of(
                "camel.component.kafka.saslJaasConfig", "hunter2",
                "camel.vault.aws.secretKey", "hunter2",
                "camel.vault.gcp.serviceAccountKey", "hunter2",
                "kafka.brokers", "k:1",
                "kafka.properties.sasl.jaas.config", "hunter2",
                "kafka.properties.schema.registry.basic.auth.user.info", "hunter2",
                "kafka.properties.sasl.mechanism", "PLAIN",
                "kafka.properties.security.protocol", "SASL_SSL");

        Settings settings = Settings.load(null, Map.of(), given);

        assertThat(settings.toString()).doesNotContain("hunter2");
        assertThat(settings.forLog())
                .doesNotContain("hunter2")
                .contains("kafka.properties.security.protocol=***", "kafka.brokers=k:1");
        assertThat(settings.shown().toString()).doesNotContain("hunter2");
        assertThat(settings.shown())
                .contains(new Settings.Shown("kafka.properties.security.protocol", "SASL_SSL", "-D"))
                .contains(new Settings.Shown("camel.vault.aws.secretKey", "***", "-D"))
                .contains(new Settings.Shown("shards", "8", "default"));
        assertThat(settings.notices())
                .hasSize(4)
                .allMatch(notice -> notice.contains("everybody on this machine can read a command line"));
    }

    @Test
    void aPropertyOfKafkaWhoseNameEndsInFileIsNoFileOfOurs() {
        String name = "sasl.oauthbearer.assertion.private.key.file";
        Settings settings = Settings.load(
                null, Map.of("KAFKA_PROPERTIES_SASL_OAUTHBEARER_ASSERTION_PRIVATE_KEY_FILE", "/run/key"), Map.of());

        assertThat(settings.kafkaProperties()).containsEntry(name, "/run/key");
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("my.properties"), text);
    }

    private static List<String> problems(Map<String, String> environment) {
        return catchThrowableOfType(SettingsException.class, () -> Settings.load(null, environment, Map.of()))
                .lines();
    }
}
