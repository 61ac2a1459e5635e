package org.pgkeep.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.repository.ClusterRecord;

/**
 * Which database cluster of a history asks for WAL. After an upgrade the same names of segments are there of two, and a backup from before
 * it may be what recovers: its {@code pg_control} says so.
 */
final class Asker {
    private Asker() {}

    /** The entry of who recovers in the working directory, else in {@code pgdata}; where nobody can tell, the current one. */
    static ClusterRecord.History history(ClusterRecord record, Optional<Path> pgdata) {
        if (record.history().size() == 1) {
            return record.current();
        }
        for (Path directory : List.of(Path.of(""), pgdata.orElse(Path.of("")))) {
            Path control = directory.resolve(ControlFile.PATH);
            if (Files.exists(control)) {
                return record.of(systemIdentifier(control)).orElse(record.current());
            }
        }
        return record.current();
    }

    /** The first field, which never changes: so it is right also while a server writes the others ({@code catalog/pg_control.h}). */
    private static long systemIdentifier(Path control) {
        try (FileChannel channel = FileChannel.open(control, StandardOpenOption.READ)) {
            ByteBuffer field = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            if (channel.read(field) < Long.BYTES) {
                throw new PgkeepException(ErrorCode.CLUSTER_DAMAGED, control.toAbsolutePath() + " is too short");
            }
            return field.getLong(0);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + control.toAbsolutePath(), e);
        }
    }
}
