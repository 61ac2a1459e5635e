package org.pgkeep.setup;

import java.util.Optional;
import org.pgkeep.error.ErrorCode;

/**
 * What {@link Check} found about one thing.
 *
 * @param subject the thing, in a word or two
 * @param message what is the case, as a sentence without full stop
 * @param hint what to do, a whole sentence, unless all is well
 * @param code for problems only
 */
public record Finding(
        String subject, Verdict verdict, String message, Optional<String> hint, Optional<ErrorCode> code) {
    /** How it is. */
    public enum Verdict {
        /** As it should be. */
        OK,
        /** It may be right, but pgkeep cannot tell, or it will be trouble one day. */
        WARNING,
        /** Backups or WAL will not arrive. */
        PROBLEM
    }

    static Finding ok(String subject, String message) {
        return new Finding(subject, Verdict.OK, message, Optional.empty(), Optional.empty());
    }

    static Finding warning(String subject, String message, String hint) {
        return new Finding(subject, Verdict.WARNING, message, Optional.of(hint), Optional.empty());
    }

    static Finding problem(String subject, ErrorCode code, String message, String hint) {
        return new Finding(subject, Verdict.PROBLEM, message, Optional.of(hint), Optional.of(code));
    }
}
