package org.pgkeep.receive;

import java.time.Duration;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.server.WalMessage;
import org.pgkeep.postgres.server.WalStream;
import org.pgkeep.progress.Progress;

/** WAL that a server removed before it was received: what is missing, and where it goes on. */
final class Gap {
    private static final Duration ANSWER_LONGEST = Duration.ofSeconds(5);

    private final Beginning beginning;
    private final String applicationName;
    private final int segmentBytes;
    private final Progress progress;

    Gap(Beginning beginning, String applicationName, int segmentBytes, Progress progress) {
        this.beginning = beginning;
        this.applicationName = applicationName;
        this.segmentBytes = segmentBytes;
        this.progress = progress;
    }

    /**
     * Where to go on: behind what the archive got in another way, else where the server's WAL begins, with a warning that names what is
     * lost.
     *
     * @throws PgkeepException {@code ARCHIVING} when the server has none of the rest
     */
    Stretch after(Stretch missing, Upstream upstream) {
        Stretch filled = beginning.firstMissingFrom(missing);
        if (!filled.equals(missing)) {
            progress.info(
                    "the server removed WAL from " + missing.from() + " on; the archive has it up to " + filled.from());
            return filled;
        }
        if (isThere(missing.from(), upstream)) {
            throw new PgkeepException(
                    ErrorCode.CONNECT,
                    "the server at " + upstream.settings() + " broke the stream off at " + missing.from());
        }
        Lsn oldest = oldest(missing.from(), upstream);
        long segments = oldest.minus(missing.from()) / segmentBytes;
        SegmentName first = SegmentName.holding(missing.timeline(), missing.from(), segmentBytes);
        Stretch goesOn = beginning.at(oldest);
        SegmentName last = SegmentName.holdingBefore(goesOn.timeline(), oldest, segmentBytes);
        progress.warn("the server at " + upstream.settings() + " removed WAL that was not received: "
                + (segments == 1 ? "segment " + first : segments + " segments, " + first + " to " + last) + " ("
                + missing.from()
                + " to " + oldest
                + "). Until they are archived in another way, recovery of earlier backups ends before them:"
                + " take a new backup");
        return beginning.firstMissingFrom(goesOn);
    }

    /** The beginning of the first segment that the server still has: there is none before it, and all behind it. */
    private Lsn oldest(Lsn missing, Upstream upstream) {
        long first = missing.value() / segmentBytes;
        long end = upstream.identity().end().value() / segmentBytes;
        long gone = first;
        long there = end;
        while (there - gone > 1) {
            long middle = (gone + there) >>> 1;
            if (isThere(new Lsn(middle * segmentBytes), upstream)) {
                there = middle;
            } else {
                gone = middle;
            }
        }
        if (there <= first) {
            throw new PgkeepException(
                    ErrorCode.ARCHIVING,
                    "the server at " + upstream.settings() + " does not have its WAL from " + missing);
        }
        return new Lsn(there * segmentBytes);
    }

    private boolean isThere(Lsn lsn, Upstream upstream) {
        Stretch stretch = beginning.at(lsn);
        try (Upstream probe = Upstream.open(
                        upstream.settings(),
                        applicationName,
                        upstream.identity().systemIdentifier(),
                        progress);
                WalStream stream = probe.session().stream(Optional.empty(), stretch.from(), stretch.timeline())) {
            long end = System.nanoTime() + ANSWER_LONGEST.toNanos();
            while (System.nanoTime() < end) {
                switch (stream.next(ANSWER_LONGEST)) {
                    case WalMessage.Data _ -> {
                        return true;
                    }
                    case WalMessage.Removed _ -> {
                        return false;
                    }
                    case WalMessage.Keepalive _, WalMessage.Quiet _ -> {}
                }
            }
            return true;
        }
    }
}
