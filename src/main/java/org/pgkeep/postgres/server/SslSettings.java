package org.pgkeep.postgres.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import java.util.Set;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * How a TCP connection is encrypted, in libpq's words (documentation, "SSL Support"). A Unix socket never is.
 *
 * @param mode {@code disable}, {@code allow}, {@code prefer}, {@code require}, {@code verify-ca} or {@code verify-full}
 * @param rootCert file with the certificates of trusted authorities; by default {@code ~/.postgresql/root.crt} if that exists
 * @param cert file with the client's certificate; by default {@code ~/.postgresql/postgresql.crt} if that exists
 * @param key file with the client's private key: PKCS-8 as PEM ({@code .key}, {@code .pem}) or DER ({@code .pk8}, {@code .der}); by
 *     default {@code ~/.postgresql/postgresql.key} if that exists
 */
public record SslSettings(String mode, Optional<String> rootCert, Optional<String> cert, Optional<String> key) {
    private static final Set<String> MODES =
            Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

    public SslSettings {
        if (!MODES.contains(mode)) {
            throw new PgkeepException(
                    ErrorCode.CONFIG,
                    "sslmode '" + mode + "' does not exist",
                    "Use disable, allow, prefer, require, verify-ca or verify-full.");
        }
    }

    /** As libpq takes it: who has certificates of authorities and requires encryption wants the server's certificate proved. */
    String effectiveMode() {
        return mode.equals("require") && rootCert.isPresent() ? "verify-ca" : mode;
    }

    /** Of the client's key, which is that of its certificate: {@code RSA}, {@code EC} or {@code EdDSA}; empty when that cannot be read. */
    Optional<String> keyAlgorithm() {
        return cert.flatMap(SslSettings::algorithm);
    }

    private static Optional<String> algorithm(String file) {
        try (InputStream certificate = Files.newInputStream(Path.of(file))) {
            return Optional.of(CertificateFactory.getInstance("X.509")
                    .generateCertificate(certificate)
                    .getPublicKey()
                    .getAlgorithm());
        } catch (IOException | CertificateException e) {
            // The driver is about to say what is wrong with it.
            return Optional.empty();
        }
    }
}
