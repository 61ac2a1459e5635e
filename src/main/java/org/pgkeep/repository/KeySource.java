package org.pgkeep.repository;

import java.util.List;
import org.pgkeep.codec.seal.Envelope;
import org.pgkeep.codec.seal.Secret;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** Knows the secret that opens a sealed repository. */
public interface KeySource {
    /**
     * Whether somebody said that there is one. Then an unsealed repository is refused: it may have been put in the sealed one's place,
     * to have the next backup written for all to read.
     */
    boolean isGiven();

    /**
     * The secret; asked for only when the repository is sealed.
     *
     * @param repository where it is, for messages
     * @param envelopes of which it must open one
     * @throws PgkeepException {@code KEY_MISSING}; or when it cannot be read
     */
    Secret secret(String repository, List<Envelope> envelopes);

    /** Nobody knows one. */
    KeySource NONE = new KeySource() {
        @Override
        public boolean isGiven() {
            return false;
        }

        @Override
        public Secret secret(String repository, List<Envelope> envelopes) {
            throw missing(repository, envelopes);
        }
    };

    /** This secret, or an error if there is none. */
    static KeySource of(Secret secret) {
        return new KeySource() {
            @Override
            public boolean isGiven() {
                return true;
            }

            @Override
            public Secret secret(String repository, List<Envelope> envelopes) {
                return secret;
            }
        };
    }

    /** The error when there is none. */
    static PgkeepException missing(String repository, List<Envelope> envelopes) {
        return new PgkeepException(
                ErrorCode.KEY_MISSING,
                "the repository " + repository + " is sealed, and no key was given",
                "Give --key-file, --passphrase-file or --passphrase-command, or set PGKEEP_REPO_PASSPHRASE. It opens with "
                        + Envelopes.told(envelopes) + ".");
    }
}
