package org.pgkeep.cli;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.Pin;

/** {@code pgkeep pin}. */
final class PinCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.PIN,
                        "Keeps a backup whatever the policies of retention say: for ever, or as long as --ttl or --until says. A second"
                                + " pin takes the place of the first. WAL that the backup needs to be consistent stays with it; with"
                                + " --keep-wal also all that follows, so that it leads to any later moment.")
                .withOperands("LABEL|NAME")
                .withExample("pgkeep pin 20261121-203000F", "keeps it for ever")
                .withExample("pgkeep pin 20261121-203000F --ttl 90d --keep-wal", "keeps it for 90 days, with its WAL")
                .withExample("pgkeep pin before-upgrade --until 2027-12-31", "keeps it to the end of the next year")
                .withStatus(ErrorCode.BACKUP_UNKNOWN, "There is no backup of this label or name.");
    }

    @Override
    public int run(Invocation invocation) {
        List<String> operands = invocation.operands(page(), 1, 1);
        Settings settings = invocation.settings();
        Instant now = invocation.backends().clock().instant();
        Pin pin = new Pin(until(settings, now), settings.get(Options.KEEP_WAL));
        return Marking.change(invocation, operands.getFirst(), mark -> mark.withPin(Optional.of(pin)));
    }

    private static Optional<Instant> until(Settings settings, Instant now) {
        Optional<Instant> until = settings.find(Options.UNTIL).map(time -> time.toInstant());
        Optional<Instant> ttl = settings.find(Options.TTL).map(now::plus);
        if (until.isPresent() && ttl.isPresent()) {
            throw new PgkeepException(ErrorCode.USAGE, "--ttl and --until exclude each other", "Give one of them.");
        }
        if (until.filter(end -> !end.isAfter(now)).isPresent()) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "--until " + until.get() + " is not in the future",
                    "Give a later time, or 'pgkeep unpin'.");
        }
        return until.or(() -> ttl);
    }
}
