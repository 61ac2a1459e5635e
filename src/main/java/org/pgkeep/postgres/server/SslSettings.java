package org.pgkeep.postgres.server;

import java.util.Optional;
import java.util.Set;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * How a TCP connection is encrypted, in libpq's words (documentation, "SSL Support"). A Unix socket never is.
 *
 * @param mode {@code disable}, {@code allow}, {@code prefer}, {@code require}, {@code verify-ca} or {@code verify-full}
 * @param rootCert file with the certificates of trusted authorities; default {@code ~/.postgresql/root.crt}
 * @param cert file with the client's certificate; default {@code ~/.postgresql/postgresql.crt}
 * @param key file with the client's private key: PKCS-12 ({@code .p12}), PKCS-8 DER ({@code .pk8}) or PEM
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
}
