package org.pgkeep.postgres.server;

import java.util.Optional;

/** What helps when a connection fails over its encryption, by the words of the server and of the driver. */
final class SslHints {
    private SslHints() {}

    static Optional<String> of(ConnectionSettings settings, String reason) {
        if (settings.isUnixSocket()) {
            return Optional.empty();
        }
        SslSettings ssl = settings.ssl();
        boolean plain = ssl.mode().equals("disable") || ssl.mode().equals("allow");
        // Said as well where there is no line for the role at all.
        if (plain && (reason.contains("no encryption") || reason.contains("SSL off"))) {
            return Optional.of(
                    "The server may take encrypted connections only (hostssl in pg_hba.conf), and sslmode is "
                            + ssl.mode() + ": set PGSSLMODE=require, or sslmode in the service file.");
        }
        if (reason.contains("client certificate")) {
            return Optional.of("Name the certificate of role " + settings.user()
                    + " and its key in PGSSLCERT and PGSSLKEY, or sslcert and sslkey in the service file.");
        }
        if (reason.contains("root certificate") || reason.contains("PKIX")) {
            return Optional.of(
                    "Name the file with the certificate of the authority that signed the server's in PGSSLROOTCERT,"
                            + " or sslrootcert in the service file; the default is ~/.postgresql/root.crt.");
        }
        // Of a server that refuses the connection the driver says "hostname", too.
        if (reason.contains("hostnameverifier")) {
            return Optional.of("Connect by a name that the server's certificate has, or prove only who signed it:"
                    + " PGSSLMODE=verify-ca.");
        }
        if (reason.contains("SSL key file") || reason.contains("private key") || reason.contains("PEMKeyManager")) {
            return Optional.of(
                    "The key must be in PKCS-8 form, without a passphrase, and readable by nobody else: openssl pkcs8"
                            + " -topk8 -nocrypt -in KEY -out NEW.key && chmod 0600 NEW.key.");
        }
        return Optional.empty();
    }
}
