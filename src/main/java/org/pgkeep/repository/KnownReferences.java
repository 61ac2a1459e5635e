package org.pgkeep.repository;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.pgkeep.error.PgkeepException;

/**
 * What texts in records say of other backups' packs. An incremental backup names again what the one before it named: of ten thousand
 * records' million references nearly all were read a moment ago. Remembers those of one record. Thread-safe.
 */
final class KnownReferences {
    private final RepeatedTexts repeated = new RepeatedTexts();
    private volatile Known last = new Known(List.of(), List.of());

    private record Known(List<String> texts, List<BackupRecord.Reference> references) {}

    /** The texts themselves. */
    RepeatedTexts texts() {
        return repeated;
    }

    /**
     * What a record's texts say. What is given was given to others as well: nobody may change it.
     *
     * @param wrong the error for a text that is no reference
     */
    List<BackupRecord.Reference> parse(List<String> texts, Function<String, PgkeepException> wrong) {
        Known known = last;
        int same = common(known.texts, texts);
        List<BackupRecord.Reference> references = new ArrayList<>(known.references.subList(0, same));
        for (String text : texts.subList(same, texts.size())) {
            references.add(BackupRecord.Reference.parse(text).orElseThrow(() -> wrong.apply(text)));
        }
        last = new Known(texts, references);
        return references;
    }

    /** By identity: {@link RepeatedTexts} gives the same texts again, and equal ones are merely read again. */
    @SuppressWarnings({"ReferenceEquality", "StringEquality"})
    private static int common(List<String> one, List<String> other) {
        int most = Math.min(one.size(), other.size());
        for (int i = 0; i < most; i++) {
            if (one.get(i) != other.get(i)) {
                return i;
            }
        }
        return most;
    }
}
