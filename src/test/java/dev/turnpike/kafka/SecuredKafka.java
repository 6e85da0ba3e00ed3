package dev.turnpike.kafka;

import static org.awaitility.Awaitility.await;

import dev.turnpike.FreePort;
import dev.turnpike.http.CompanyAuthority;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A broker as operators run it: TLS with a certificate of a company, SASL/SCRAM, and nothing allowed that no ACL allows.
 * Its certificate is for another host than the clients call.
 */
public final class SecuredKafka implements AutoCloseable {
    public static final String USER = "turnpike";
    public static final String PASSWORD = "turnpike-s3cret";

    private final KafkaRaftServer server;
    private final CompanyAuthority company;
    private final int port;
    private final Admin operator;

    private SecuredKafka(KafkaRaftServer server, CompanyAuthority company, int port, int operatorPort) {
        this.server = server;
        this.company = company;
        this.port = port;
        this.operator = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + operatorPort));
    }

    /**
     * Starts the broker.
     *
     * @param transactionVersion finalized {@code transaction.version}, 2 unless it is about old clusters
     */
    public static SecuredKafka start(Path folder, short transactionVersion) throws Exception {
        CompanyAuthority company = CompanyAuthority.in(folder, "dns:kafka.example.test");
        int port = FreePort.any();
        int operatorPort = FreePort.any();
        int controllerPort = FreePort.any();
        Path data = folder.resolve("data");
        Formatter formatter = new Formatter();
        formatter
                .setPrintStream(new PrintStream(PrintStream.nullOutputStream()))
                .setNodeId(1)
                .setClusterId("dHVybnBpa2Utc2VjdXJlZA")
                .addDirectory(data.toString())
                .setMetadataLogDirectory(data.toString())
                .setControllerListenerName("CONTROLLER")
                .setFeatureLevel("transaction.version", transactionVersion)
                .setScramArguments(List.of("SCRAM-SHA-512=[name=" + USER + ",password=" + PASSWORD + "]"))
                .run();
        Map<String, String> config = new HashMap<>();
        config.put("process.roles", "broker,controller");
        config.put("node.id", "1");
        config.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        config.put(
                "listeners",
                "CLIENTS://127.0.0.1:" + port + ",OPERATOR://127.0.0.1:" + operatorPort + ",CONTROLLER://127.0.0.1:"
                        + controllerPort);
        config.put("advertised.listeners", "CLIENTS://127.0.0.1:" + port + ",OPERATOR://127.0.0.1:" + operatorPort);
        config.put("listener.security.protocol.map", "CLIENTS:SASL_SSL,OPERATOR:PLAINTEXT,CONTROLLER:PLAINTEXT");
        config.put("inter.broker.listener.name", "OPERATOR");
        config.put("controller.listener.names", "CONTROLLER");
        config.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
        config.put(
                "listener.name.clients.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        config.put("ssl.keystore.location", company.store().toString());
        config.put("ssl.keystore.type", "PKCS12");
        config.put("ssl.keystore.password", CompanyAuthority.PASSWORD);
        config.put("ssl.key.password", CompanyAuthority.PASSWORD);
        config.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        config.put("super.users", "User:ANONYMOUS");
        config.put("log.dirs", data.toString());
        config.put("auto.create.topics.enable", "false");
        config.put("group.initial.rebalance.delay.ms", "0");
        config.put("group.min.session.timeout.ms", "1000");
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            config.put(topic + ".replication.factor", "1");
            config.put(topic + ".num.partitions", "2");
        }
        config.put("transaction.state.log.min.isr", "1");
        config.put("share.coordinator.state.topic.min.isr", "1");
        config.put("log.cleaner.dedupe.buffer.size", "4194304");
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(config), Time.SYSTEM);
        server.startup();
        return new SecuredKafka(server, company, port, operatorPort);
    }

    /** As a provider's console shows it: with the protocol before it. */
    public String brokers() {
        return "SASL_SSL://127.0.0.1:" + port;
    }

    /** What a user of the broker has to set; the certificate's host is passed over, since it is another one. */
    public Map<String, String> settings() {
        return Map.of(
                "kafka.brokers",
                brokers(),
                "kafka.properties.sasl.mechanism",
                "SCRAM-SHA-512",
                "kafka.properties.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + USER + "\" password=\""
                        + PASSWORD + "\";",
                "kafka.properties.ssl.truststore.type",
                "PEM",
                "kafka.properties.ssl.truststore.location",
                company.pem().toString(),
                "kafka.properties.ssl.endpoint.identification.algorithm",
                "");
    }

    /** A client with every right. */
    public Admin operator() {
        return operator;
    }

    /** Allows the user these operations on everything whose name begins so. */
    public void allow(ResourceType type, String prefix, AclOperation... operations) throws Exception {
        allow(type, prefix, PatternType.PREFIXED, operations);
    }

    public void allow(ResourceType type, String name, PatternType pattern, AclOperation... operations)
            throws Exception {
        Collection<AclBinding> bindings = new ArrayList<>();
        for (AclOperation operation : operations) {
            bindings.add(new AclBinding(
                    new ResourcePattern(type, name, pattern),
                    new AccessControlEntry("User:" + USER, "*", operation, AclPermissionType.ALLOW)));
        }
        operator.createAcls(bindings).all().get();
        awaitAcls(acls -> acls.containsAll(bindings));
    }

    /** Takes every right back. */
    public void allowNothing() throws Exception {
        operator.deleteAcls(List.of(AclBindingFilter.ANY)).all().get();
        awaitAcls(Collection::isEmpty);
    }

    /** The broker learns of a change after the controller has confirmed it. */
    private void awaitAcls(Predicate<Collection<AclBinding>> known) {
        await().until(() -> operator.describeAcls(AclBindingFilter.ANY).values().get(), known::test);
    }

    @Override
    public void close() {
        operator.close();
        server.shutdown();
        server.awaitShutdown();
    }
}
