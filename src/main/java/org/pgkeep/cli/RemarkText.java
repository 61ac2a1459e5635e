package org.pgkeep.cli;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pgkeep.backup.Remarks;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.GivenName;

/** Reads what people say of a backup: its name, a note, facts. */
final class RemarkText {
    private static final String NONE = "none";

    private RemarkText() {}

    /** What is said of a backup that is about to be taken. */
    static Remarks of(Settings settings) {
        return new Remarks(
                settings.find(Options.NAME).flatMap(RemarkText::name),
                settings.find(Options.NOTE).flatMap(RemarkText::note),
                merged(new TreeMap<>(), facts(settings.find(Options.ANNOTATION).orElse(List.of()))),
                settings.find(Options.TTL));
    }

    /** A name; none where it is taken away. */
    static Optional<GivenName> name(String text) {
        if (text.equals(NONE)) {
            return Optional.empty();
        }
        return Optional.of(GivenName.parse(text)
                .orElseThrow(() -> new PgkeepException(
                        ErrorCode.USAGE,
                        "'" + text + "' cannot be a backup's name",
                        "Use " + GivenName.ALLOWED + ".")));
    }

    /** A note; none where it is removed. */
    static Optional<String> note(String text) {
        if (!BackupMark.isText(text)) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "the note is longer than " + BackupMark.TEXT_MAX + " characters, or not one line",
                    "Shorten it.");
        }
        return text.equals(NONE) ? Optional.empty() : Optional.of(text);
    }

    /** Facts as {@code KEY=VALUE}; without a value the fact is removed. */
    static SortedMap<String, String> facts(List<String> operands) {
        SortedMap<String, String> facts = new TreeMap<>();
        for (String operand : operands) {
            int equals = operand.indexOf('=');
            String key = equals < 0 ? operand : operand.substring(0, equals);
            String value = operand.substring(equals + 1);
            if (equals < 0 || !BackupMark.isKey(key) || !(value.isEmpty() || BackupMark.isText(value))) {
                throw new PgkeepException(
                        ErrorCode.USAGE,
                        "'" + operand + "' is not KEY=VALUE",
                        "A key is 1 to " + BackupMark.KEY_MAX
                                + " letters, digits, '_', '-' and '.', beginning with a letter or digit; a value is one line of at"
                                + " most " + BackupMark.TEXT_MAX + " characters.");
            }
            facts.put(key, value);
        }
        return facts;
    }

    /** What there is after these facts were given. */
    static SortedMap<String, String> merged(SortedMap<String, String> before, SortedMap<String, String> facts) {
        SortedMap<String, String> merged = new TreeMap<>(before);
        merged.putAll(facts);
        merged.values().removeIf(String::isEmpty);
        if (merged.size() > BackupMark.ANNOTATIONS_MAX) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "the backup would have " + merged.size() + " annotations, and may have "
                            + BackupMark.ANNOTATIONS_MAX,
                    "Remove some with KEY= first.");
        }
        return merged;
    }
}
