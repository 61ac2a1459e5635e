package org.pgkeep.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.repository.BackupMark;

/** {@code pgkeep annotate}. */
final class AnnotateCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.ANNOTATE,
                        "Gives a backup a name, a note for people, or facts for programs, and prints what it has. A name stands for the"
                                + " backup wherever a label does. KEY= without a value removes a fact; --note none"
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
        List<String> given = new ArrayList<>(operands.subList(1, operands.size()));
        given.addAll(settings.find(Options.ANNOTATION).orElse(List.of()));
        SortedMap<String, String> facts = RemarkText.facts(given);
        Optional<String> name = settings.find(Options.NAME);
        Optional<String> note = settings.find(Options.NOTE);
        return Marking.change(invocation, operands.getFirst(), mark -> {
            BackupMark named =
                    name.map(text -> mark.withName(RemarkText.name(text))).orElse(mark);
            BackupMark noted =
                    note.map(text -> named.withNote(RemarkText.note(text))).orElse(named);
            return noted.withAnnotations(RemarkText.merged(mark.annotations(), facts));
        });
    }
}
