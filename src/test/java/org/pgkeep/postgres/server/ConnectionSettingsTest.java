package org.pgkeep.postgres.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;

class ConnectionSettingsTest {
    @TempDir
    Path home;

    private final Map<String, String> variables = new HashMap<>();
    private Path sockets = Path.of("/");

    @BeforeEach
    void makeSocketDirectory() throws IOException {
        sockets = Files.createDirectory(home.resolve("run"));
    }

    private ConnectionSettings resolve(ConnectionRequest request) {
        List<Path> directories = List.of(home.resolve("not-there"), sockets);
        ClientEnvironment environment = new ClientEnvironment(variables, home, "anna", directories);
        return ConnectionSettings.resolve(request, environment, Progress.SILENT);
    }

    @Test
    void withoutAnythingItIsThisUsersPeerOnTheDefaultSocket() {
        ConnectionSettings settings = resolve(ConnectionRequest.none());
        assertThat(settings.host()).isEqualTo(sockets.toString());
        assertThat(settings.socketFile()).contains(sockets + "/.s.PGSQL.5432");
        assertThat(settings.user()).isEqualTo("anna");
        assertThat(settings.database()).isEqualTo("postgres");
        assertThat(settings.password()).isEmpty();
        assertThat(settings.ssl().mode()).isEqualTo("prefer");
    }

    @Test
    void variablesSayWhatTheRequestDoesNot() {
        variables.putAll(Map.of(
                "PGHOST",
                "db.example",
                "PGPORT",
                "6000",
                "PGUSER",
                "bob",
                "PGDATABASE",
                "app",
                "PGPASSWORD",
                "secret"));
        variables.putAll(Map.of(
                "PGSSLMODE",
                "verify-full",
                "PGSSLROOTCERT",
                "/root.crt",
                "PGAPPNAME",
                "mine",
                "PGCONNECT_TIMEOUT",
                "7"));
        ConnectionSettings settings = resolve(ConnectionRequest.none().withUser("carol"));
        assertThat(settings)
                .isEqualTo(new ConnectionSettings(
                        "db.example",
                        6000,
                        "carol",
                        "app",
                        Optional.of("secret"),
                        Optional.of("mine"),
                        new SslSettings("verify-full", Optional.of("/root.crt"), Optional.empty(), Optional.empty()),
                        Duration.ofSeconds(7)));
        assertThat(settings.toString()).isEqualTo("carol@db.example:6000/app").doesNotContain("secret");
    }

    @Test
    void anEmptyVariableIsNoVariable() {
        variables.put("PGHOST", "");
        assertThat(resolve(ConnectionRequest.none()).isUnixSocket()).isTrue();
    }

    @Test
    void aServiceSaysMoreThanVariablesAndLessThanTheRequest() throws IOException {
        Files.writeString(home.resolve(".pg_service.conf"), """
                # services
                [other]
                host=wrong
                [prod]
                host=prod.example
                host=second.example
                port=6543
                dbname=app
                user=svc

                [last]
                port=1
                """);
        variables.put("PGSERVICE", "prod");
        variables.put("PGHOST", "variable.example");
        variables.put("PGSSLMODE", "require");
        ConnectionSettings settings = resolve(ConnectionRequest.none().withPort(7000));
        assertThat(settings.toString()).isEqualTo("svc@prod.example:7000/app");
        assertThat(settings.ssl().mode()).isEqualTo("require");
    }

    @Test
    void theSystemsServiceFileComesAfterTheUsers() throws IOException {
        Path system = Files.createDirectory(home.resolve("etc"));
        Files.writeString(system.resolve("pg_service.conf"), "[shared]\nhost=shared.example\n");
        Files.writeString(home.resolve("mine.conf"), "[own]\nhost=own.example\n");
        variables.putAll(Map.of(
                "PGSERVICE",
                "shared",
                "PGSYSCONFDIR",
                system.toString(),
                "PGSERVICEFILE",
                home.resolve("mine.conf").toString()));
        assertThat(resolve(ConnectionRequest.none()).host()).isEqualTo("shared.example");
        variables.put("PGSERVICE", "own");
        assertThat(resolve(ConnectionRequest.none()).host()).isEqualTo("own.example");
    }

    @Test
    void aServiceThatIsNotDefinedIsAnError() {
        variables.put("PGSERVICE", "nowhere");
        assertThatThrownBy(() -> resolve(ConnectionRequest.none()))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG))
                .hasMessageContaining("nowhere");
    }

    @Test
    void aLineOfAServiceThatIsNoSettingIsAnErrorWithItsNumber() throws IOException {
        Files.writeString(home.resolve(".pg_service.conf"), "[s]\nhost=h\nnonsense\n");
        variables.put("PGSERVICE", "s");
        assertThatThrownBy(() -> resolve(ConnectionRequest.none())).hasMessageContaining("line 3");
    }

    @Test
    void theServersOwnPidFileTellsSocketAndPort() throws IOException {
        pidFile("4711\n/data\n1700000000\n5433\n" + sockets + "\n*\n  5432001   1\nready   \n");
        ConnectionSettings settings = resolve(ConnectionRequest.none().withPgdata(home));
        assertThat(settings.socketFile()).contains(sockets + "/.s.PGSQL.5433");
    }

    @Test
    void aServerWithoutSocketIsReachedOverTcp() throws IOException {
        pidFile("4711\n/data\n1700000000\n5433\n\n*\n");
        assertThat(resolve(ConnectionRequest.none().withPgdata(home)).toString())
                .isEqualTo("anna@localhost:5433/postgres");
        pidFile("4711\n/data\n1700000000\n5433\n\n::\n");
        assertThat(resolve(ConnectionRequest.none().withPgdata(home)).host()).isEqualTo("::1");
    }

    @Test
    void aHostThatIsGivenDoesNotGetThePortOfTheLocalServer() throws IOException {
        pidFile("4711\n/data\n1700000000\n5433\n" + sockets + "\n*\n");
        ConnectionRequest request = ConnectionRequest.none().withPgdata(home).withHost("elsewhere");
        assertThat(resolve(request).port()).isEqualTo(5432);
    }

    @Test
    void aPidFileThatIsHalfWrittenCountsAsNone() throws IOException {
        pidFile("4711\n/data\n");
        assertThat(resolve(ConnectionRequest.none().withPgdata(home)).port()).isEqualTo(5432);
    }

    @Test
    void thePasswordOfTheFirstMatchingLineIsTaken() throws IOException {
        passwordFile("rw-------", """
                # comment
                db.example:5432:postgres:bob:not me
                other:*:*:anna:nor me
                *:*:post\\gres:anna:with\\:colon and \\\\ backslash
                *:*:*:*:too late
                """);
        ConnectionSettings settings = resolve(ConnectionRequest.none().withHost("db.example"));
        assertThat(settings.password()).contains("with:colon and \\ backslash");
        assertThat(resolve(ConnectionRequest.none().withHost("x").withUser("eve"))
                        .password())
                .contains("too late");
    }

    @Test
    void theDefaultSocketIsLocalhostToThePasswordFile() throws IOException {
        passwordFile("rw-------", "localhost:5432:*:anna:here\n" + home + ":5432:*:anna:there\n");
        assertThat(resolve(ConnectionRequest.none()).password()).contains("here");
        assertThat(resolve(ConnectionRequest.none().withHost(home.toString())).password())
                .contains("there");
    }

    @Test
    void aPasswordFileThatOthersMayReadIsIgnored() throws IOException {
        for (String permissions : List.of("rw-r-----", "rw----r--", "rw---x---")) {
            passwordFile(permissions, "*:*:*:*:secret\n");
            assertThat(resolve(ConnectionRequest.none()).password()).isEmpty();
        }
    }

    @Test
    void valuesThatCannotBeAreErrors() {
        assertConfigError(ConnectionRequest.none().withPort(0));
        assertConfigError(ConnectionRequest.none().withPort(65536));
        assertConfigError(ConnectionRequest.none().withHost("a,b"));
        variables.put("PGPORT", "five");
        assertConfigError(ConnectionRequest.none());
        variables.put("PGPORT", "5432");
        variables.put("PGSSLMODE", "maybe");
        assertConfigError(ConnectionRequest.none());
    }

    private void assertConfigError(ConnectionRequest request) {
        assertThatThrownBy(() -> resolve(request))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG));
    }

    private void pidFile(String content) throws IOException {
        Files.writeString(home.resolve("postmaster.pid"), content);
    }

    private void passwordFile(String permissions, String content) throws IOException {
        Path file = home.resolve(".pgpass");
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
