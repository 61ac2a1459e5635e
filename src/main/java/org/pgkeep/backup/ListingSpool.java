package org.pgkeep.backup;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.pgkeep.repository.Attributes;
import org.pgkeep.repository.PathName;
import org.pgkeep.spool.SpoolFile;

/** The listing on disk, in path order: written once, then read from the beginning. */
final class ListingSpool implements AutoCloseable {
    private final SpoolFile file;

    ListingSpool(Path directory) {
        this.file = new SpoolFile(directory, "listing");
    }

    void add(ListedEntry entry) {
        file.add(target -> {
            target.writeByte(entry.type().code());
            SpoolFile.write(target, entry.path().bytes());
            target.writeLong(entry.sizeBytes());
            target.writeInt(entry.attributes().mode());
            target.writeUTF(entry.attributes().owner());
            target.writeUTF(entry.attributes().group());
            target.writeLong(
                    ChronoUnit.MICROS.between(Instant.EPOCH, entry.attributes().modified()));
            SpoolFile.write(target, entry.link().map(PathName::bytes).orElse(new byte[0]));
        });
    }

    /** Ends writing. */
    void finish() {
        file.finish();
    }

    /** Reads from the first entry on. */
    Reader read() {
        return new Reader(file.read(0));
    }

    @Override
    public void close() {
        file.close();
    }

    /** Walks the entries; for one thread. */
    static final class Reader {
        private final SpoolFile.Reader source;
        private long ordinal = -1;

        private Reader(SpoolFile.Reader source) {
            this.source = source;
        }

        /** The number of the entry that was read last, from 0. */
        long ordinal() {
            return ordinal;
        }

        /** The next entry; empty after the last. */
        Optional<ListedEntry> next() {
            int type = source.next();
            if (type < 0) {
                return Optional.empty();
            }
            ordinal++;
            byte[] path = source.readBytes();
            long size = source.readLong();
            int mode = source.readInt();
            String owner = source.readText();
            String group = source.readText();
            Instant modified = Instant.EPOCH.plus(source.readLong(), ChronoUnit.MICROS);
            byte[] link = source.readBytes();
            return Optional.of(new ListedEntry(
                    PathName.of(path),
                    ListedEntry.Type.ofCode(type),
                    size,
                    new Attributes(mode, owner, group, modified),
                    link.length == 0 ? Optional.empty() : Optional.of(PathName.of(link))));
        }
    }
}
