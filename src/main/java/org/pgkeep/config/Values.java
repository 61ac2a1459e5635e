package org.pgkeep.config;

import java.util.Optional;
import org.pgkeep.error.PgkeepException;

/** Turns what was written into what the program gets, or says why not. */
final class Values {
    private Values() {}

    /** The value, checked against the option's type. */
    static <T> T check(Option<T> option, Sources.Found found) {
        return parse(option.type(), found.value()).orElseThrow(() -> refused(option, found));
    }

    private static <T> Optional<T> parse(OptionType<T> type, Written written) {
        if (type instanceof OptionType.Listed<?> listed) {
            @SuppressWarnings("unchecked") // T is the list of what the element type gives
            Optional<T> values = (Optional<T>) listed.parseAll(written.texts());
            return values;
        }
        return type.parse(written.texts().getFirst());
    }

    private static PgkeepException refused(Option<?> option, Sources.Found found) {
        String value = option.secret()
                ? "what is there"
                : "'" + String.join(",", found.value().texts()) + "'";
        String must = " must be " + option.type().allowed() + ", not " + value;
        String message = switch (found.origin()) {
            case Origin.CommandLine _ -> option + must;
            case Origin.Environment(String variable) -> "environment variable " + variable + must;
            case Origin.File(var path, int line, var _) -> path + ":" + line + ": '" + option.key() + "'" + must;
            case Origin.Default _ -> "default of " + option + must;
        };
        return new PgkeepException(
                found.origin().errorCode(), message, "See 'pgkeep help config' or the command's own help.");
    }
}
