package org.pgkeep.cli;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.GivenName;

/** {@code pgkeep annotate}. */
final class AnnotateCommand implements Command {
    private static final String NONE = "none";

    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.ANNOTATE,
                        "Gives a backup a name, a note for people, or facts for programs, and prints what it has. A name stands for the"
                                + " backup in 'delete', 'pin', 'unpin' and 'annotate'. KEY= without a value removes a fact; --note none"
                                + " and --name none remove note and name. It waits for nobody, also while a backup runs.")
                .withOperands("LABEL|NAME [KEY=VALUE]...")
                .withExample("pgkeep annotate 20261121-203000F --name before-upgrade", "names it")
                .withExample("pgkeep annotate before-upgrade ticket=OPS-1742 --note 'ask Ann'", "says what it is for")
                .withStatus(ErrorCode.BACKUP_UNKNOWN, "There is no backup of this label or name.")
                .withStatus(ErrorCode.CONFLICT, "Another backup has this name.");
    }

    @Override
    public int run(Invocation invocation) {
        List<String> operands = invocation.operands(page(), 1, Integer.MAX_VALUE);
        Settings settings = invocation.settings();
        SortedMap<String, String> facts = facts(operands.subList(1, operands.size()));
        Optional<String> name = settings.find(Options.NAME);
        Optional<String> note = settings.find(Options.NOTE);
        return Marking.change(invocation, operands.getFirst(), mark -> {
            BackupMark named = name.map(text -> mark.withName(name(text))).orElse(mark);
            BackupMark noted = note.map(text -> named.withNote(note(text))).orElse(named);
            return noted.withAnnotations(merged(mark.annotations(), facts));
        });
    }

    private static Optional<GivenName> name(String text) {
        if (text.equals(NONE)) {
            return Optional.empty();
        }
        return Optional.of(GivenName.parse(text)
                .orElseThrow(() -> new PgkeepException(
                        ErrorCode.USAGE,
                        "'" + text + "' cannot be a backup's name",
                        "Use " + GivenName.ALLOWED + ".")));
    }

    private static Optional<String> note(String text) {
        if (!BackupMark.isText(text)) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "the note is longer than " + BackupMark.TEXT_MAX + " characters, or not one line",
                    "Shorten it.");
        }
        return text.equals(NONE) ? Optional.empty() : Optional.of(text);
    }

    private static SortedMap<String, String> facts(List<String> operands) {
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

    private static SortedMap<String, String> merged(SortedMap<String, String> before, SortedMap<String, String> facts) {
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
