package org.pgkeep.backup;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgkeep.backup.change.BlockSet;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.repository.Extent;
import org.pgkeep.repository.PathName;
import org.pgkeep.spool.SpoolFile;

/** The files to read, with what is to be read of each, on disk in the listing's order. */
final class CopyPlan implements AutoCloseable {
    private static final int WHOLE = 0;
    private static final int COMPARED = 1;
    private static final int SOME = 2;

    private final SpoolFile file;
    private final BaseFile.@Nullable Source source;
    private final BaseFile.@Nullable Source remains;

    /**
     * An empty plan.
     *
     * @param source of the base; without one, every reading is {@link Reading.Whole}
     * @param remains of attempts that were cut off; without one, no file has any
     */
    CopyPlan(Path temporary, BaseFile.@Nullable Source source, BaseFile.@Nullable Source remains) {
        this.file = new SpoolFile(temporary, "plan");
        this.source = source;
        this.remains = remains;
    }

    void add(CopyJob.Source item) {
        file.add(target -> write(target, item));
    }

    private static void write(DataOutputStream target, CopyJob.Source item) throws IOException {
        switch (item.reading()) {
            case Reading.Whole _ -> {
                target.writeByte(WHOLE);
                head(target, item);
            }
            case Reading.Compared(var base, var trustedBefore) -> {
                target.writeByte(COMPARED);
                head(target, item);
                base(target, base);
                target.writeLong(trustedBefore.value());
            }
            case Reading.Some(var base, var blocks) -> {
                target.writeByte(SOME);
                head(target, item);
                base(target, base);
                target.writeInt(blocks.groups());
                for (int i = 0; i < blocks.groups(); i++) {
                    target.writeInt(blocks.group(i));
                    target.writeLong(blocks.low(i));
                    target.writeLong(blocks.high(i));
                }
            }
        }
        target.writeBoolean(item.remains().isPresent());
        if (item.remains().isPresent()) {
            base(target, item.remains().get());
        }
    }

    private static void head(DataOutputStream target, CopyJob.Source item) throws IOException {
        target.writeLong(item.ordinal());
        SpoolFile.write(target, item.path().bytes());
        target.writeLong(item.sizeBytes());
    }

    private static void base(DataOutputStream target, BaseFile base) throws IOException {
        target.writeLong(base.sizeBytes());
        target.writeInt(base.extents().size());
        for (Extent extent : base.extents()) {
            target.writeInt(extent.blocks());
            target.writeInt(extent.source());
            target.writeInt(extent.pack());
            target.writeInt(extent.frame());
            target.writeInt(extent.firstBlock());
        }
    }

    /** Ends writing. */
    void finish() {
        file.finish();
    }

    /** Reads from a {@linkplain Reader#position position} on; 0 is the beginning. */
    Reader read(long position) {
        return new Reader(file.read(position));
    }

    @Override
    public void close() {
        file.close();
    }

    /** Walks the files; for one thread. */
    final class Reader {
        private final SpoolFile.Reader in;

        private Reader(SpoolFile.Reader in) {
            this.in = in;
        }

        /** Where the next file begins. */
        long position() {
            return in.position();
        }

        /** The next file; empty after the last. */
        Optional<CopyJob.Source> next() {
            int kind = in.next();
            if (kind < 0) {
                return Optional.empty();
            }
            long ordinal = in.readLong();
            PathName path = PathName.of(in.readBytes());
            long sizeBytes = in.readLong();
            Reading reading = switch (kind) {
                case COMPARED -> new Reading.Compared(base(source), new Lsn(in.readLong()));
                case SOME -> new Reading.Some(base(source), blocks());
                default -> new Reading.Whole();
            };
            Optional<BaseFile> known = in.next() == 1 ? Optional.of(base(remains)) : Optional.empty();
            return Optional.of(new CopyJob.Source(ordinal, path, sizeBytes, reading, known));
        }

        private BaseFile base(BaseFile.@Nullable Source meaning) {
            long sizeBytes = in.readLong();
            int count = in.readInt();
            List<Extent> extents = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                extents.add(new Extent(in.readInt(), in.readInt(), in.readInt(), in.readInt(), in.readInt()));
            }
            return new BaseFile(sizeBytes, extents, Objects.requireNonNull(meaning));
        }

        private BlockSet blocks() {
            BlockSet blocks = new BlockSet();
            for (int left = in.readInt(); left > 0; left--) {
                blocks.add(in.readInt(), in.readLong(), in.readLong());
            }
            return blocks;
        }
    }
}
