package org.pgkeep.repository;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What texts in records say of other backups' packs. An incremental backup names again what the one before it named: of ten thousand
 * records' million references nearly all were read a moment ago. Remembers so many and no more. Thread-safe.
 */
final class KnownReferences {
    /** Several chains of some hundred backups. */
    private static final int PLACES = 1 << 10;

    private final AtomicReferenceArray<@Nullable Known> places = new AtomicReferenceArray<>(PLACES);

    private record Known(String text, Optional<BackupRecord.Reference> reference) {}

    /** What this text says; empty when it is no reference. What is given was given to others as well: nobody may change it. */
    Optional<BackupRecord.Reference> parse(String text) {
        int hash = text.hashCode();
        int place = (hash ^ hash >>> 16) & PLACES - 1;
        Known known = places.get(place);
        if (known != null && known.text.equals(text)) {
            return known.reference;
        }
        Optional<BackupRecord.Reference> reference = BackupRecord.Reference.parse(text);
        places.set(place, new Known(text, reference));
        return reference;
    }
}
