package org.pgkeep.postgres.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.RunAs;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.progress.Progress;

/** Connections over TLS to a server that takes no others, with certificates as openssl makes them and libpq takes them. */
class TlsIT {
    private static final Path NONE = Path.of("/nonexistent");

    private static TestCluster cluster;
    private static Path certificates;

    @BeforeAll
    static void setUp() throws IOException {
        assumeThat(Path.of("/usr/bin/openssl")).as("it makes the certificates").isExecutable();
        cluster = TestCluster.create("15", new ThrowawayServer.Options(true, OptionalInt.empty(), true));
        certificates = cluster.directory("certificates");
        authority("root");
        signed("server", "localhost", "root");
        signed("client", "postgres", "root");
        authority("stranger");
        cluster.with("ssl", "on")
                .with("ssl_cert_file", file("server.crt"))
                .with("ssl_key_file", file("server.key"))
                .with("ssl_ca_file", file("root.crt"));
        Files.writeString(cluster.data().resolve("pg_hba.conf"), """
                local all all trust
                hostssl all postgres 127.0.0.1/32 cert
                hostssl replication postgres 127.0.0.1/32 cert
                hostssl all other 127.0.0.1/32 trust
                """);
        cluster.start();
        cluster.sql("CREATE ROLE other LOGIN");
    }

    @AfterAll
    static void close() {
        if (cluster != null) {
            cluster.close();
        }
    }

    private static String file(String name) {
        return certificates.resolve(name).toString();
    }

    private static void authority(String name) {
        openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=" + name + " -keyout " + name + ".key -out " + name
                + ".crt");
    }

    private static void signed(String name, String commonName, String authority) {
        openssl("req -newkey rsa:2048 -nodes -subj /CN=" + commonName + " -keyout " + name + ".key -out " + name
                + ".csr");
        openssl("x509 -req -in " + name + ".csr -days 2 -CAcreateserial -CA " + authority + ".crt -CAkey " + authority
                + ".key -out " + name + ".crt");
    }

    private static void openssl(String arguments) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments.split(" ", -1)));
        ProgramRun.of(RunAs.forServers().command(command), certificates, Map.of(), Duration.ofMinutes(1))
                .orThrow();
    }

    private static ConnectionSettings settings(String host, String role, Map<String, String> variables, Path home) {
        ConnectionRequest request = ConnectionRequest.none()
                .withHost(host)
                .withPort(cluster.server().port())
                .withUser(role);
        ClientEnvironment environment = new ClientEnvironment(variables, home, "nobody", List.of());
        return ConnectionSettings.resolve(request, environment, Progress.SILENT);
    }

    private static Map<String, String> variables(String mode, String authority, String cert, String key) {
        return Map.of(
                "PGSSLMODE", mode, "PGSSLROOTCERT", file(authority), "PGSSLCERT", file(cert), "PGSSLKEY", file(key));
    }

    private static void assertEncrypted(ConnectionSettings settings) {
        try (ServerSession session = ServerSession.open(settings, "encrypted", Progress.SILENT)) {
            assertThat(session.facts().version().major()).isEqualTo("15");
            assertThat(cluster.query("SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                            + " WHERE client_addr IS NOT NULL"))
                    .isEqualTo("t");
        }
    }

    private static void assertRefused(ConnectionSettings settings, String... words) {
        assertThatThrownBy(() -> ServerSession.open(settings, "refused", Progress.SILENT))
                .isInstanceOfSatisfying(PgkeepException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.CONNECT);
                    assertThat(e.getMessage()
                                    + e.hint().map(hint -> "\n" + hint).orElse(""))
                            .contains(words);
                });
    }

    @Test
    void theServersCertificateIsProvedAndTheClientsOneIsTheLogin() {
        assertEncrypted(settings(
                "localhost", "postgres", variables("verify-full", "root.crt", "client.crt", "client.key"), NONE));
    }

    @Test
    void filesOfLibpqsNamesInTheHomeDirectoryAreTaken() throws IOException {
        Path home = cluster.directory("home");
        Path files = Files.createDirectory(home.resolve(".postgresql"));
        Files.copy(certificates.resolve("root.crt"), files.resolve("root.crt"));
        Files.copy(certificates.resolve("client.crt"), files.resolve("postgresql.crt"));
        Files.copy(certificates.resolve("client.key"), files.resolve("postgresql.key"));
        assertEncrypted(settings("localhost", "postgres", Map.of("PGSSLMODE", "verify-full"), home));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pkcs8 -topk8 -nocrypt -in client.key -out other.pem",
                "pkcs8 -topk8 -nocrypt -in client.key -outform DER -out other.pk8"
            })
    void keysOfBothFormsAreRead(String conversion) {
        openssl(conversion);
        String key = conversion.substring(conversion.lastIndexOf(' ') + 1);
        assertEncrypted(
                settings("localhost", "postgres", variables("verify-full", "root.crt", "client.crt", key), NONE));
    }

    @Test
    void keysOnEllipticCurvesAreRead() {
        openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out curve.key");
        openssl("req -new -key curve.key -subj /CN=postgres -out curve.csr");
        openssl("x509 -req -in curve.csr -days 2 -CAcreateserial -CA root.crt -CAkey root.key -out curve.crt");
        assertEncrypted(settings(
                "localhost", "postgres", variables("verify-full", "root.crt", "curve.crt", "curve.key"), NONE));
    }

    @Test
    void walIsStreamedOverTls() {
        ConnectionSettings settings = settings(
                "localhost", "postgres", variables("verify-full", "root.crt", "client.crt", "client.key"), NONE);
        try (ReplicationSession session = ReplicationSession.open(settings, "my standby", Progress.SILENT)) {
            assertThat(session.identify().timeline()).isEqualTo(1);
            assertThat(cluster.query("SELECT ssl FROM pg_stat_ssl JOIN pg_stat_replication USING (pid)"))
                    .isEqualTo("t");
        }
    }

    @Test
    void whatIsNotAllowedIsToldWithWhatHelps() {
        assertRefused(settings("localhost", "other", Map.of("PGSSLMODE", "disable"), NONE), "no encryption", "sslmode");
        assertRefused(
                settings(
                        "localhost",
                        "other",
                        Map.of("PGSSLMODE", "verify-full", "PGSSLROOTCERT", file("stranger.crt")),
                        NONE),
                "sslrootcert");
        assertRefused(
                settings(
                        "127.0.0.1",
                        "other",
                        Map.of("PGSSLMODE", "verify-full", "PGSSLROOTCERT", file("root.crt")),
                        NONE),
                "127.0.0.1",
                "verify-ca");
        assertRefused(
                settings("localhost", "other", Map.of("PGSSLMODE", "verify-full"), NONE), "root.crt", "sslrootcert");
        assertRefused(
                settings("localhost", "postgres", Map.of("PGSSLMODE", "require"), NONE), "certificate", "sslcert");
        openssl("rsa -in client.key -traditional -out old.key");
        assertRefused(
                settings("localhost", "postgres", variables("require", "root.crt", "client.crt", "old.key"), NONE),
                "old.key",
                "PKCS-8",
                "openssl pkcs8");
    }
}
