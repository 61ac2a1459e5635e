package org.pgkeep.config;

import static org.pgkeep.config.CommandName.VERIFY;

import java.util.List;
import org.pgkeep.config.OptionType.Flag;

/** How a verification goes about. Rows of the table of {@link Options}. */
interface VerifyOptions {
    String GROUP = "Verification";

    /** Note what was found. */
    Option<Boolean> MARK = Option.of(
                    "mark",
                    new Flag(),
                    "Notes on each backup whether it was found sound or damaged, which 'pgkeep info' tells and restore heeds")
            .withDefault("true")
            .in(Scope.RUN, GROUP)
            .on(VERIFY);

    List<Option<?>> ROWS = List.of(MARK);
}
