package org.pgkeep.expire;

import java.util.Optional;

/** One policy, made up its mind about one catalogue. */
interface Rule {
    /** Why it keeps a backup; empty when it does not. */
    Optional<Reason> keeps(Candidate backup);

    /** Why it does not keep one that it does not keep; empty when that is no reason to go. */
    Optional<Objection> objection(Candidate backup);
}
