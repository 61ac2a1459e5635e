package org.pgkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.WalHeader;

/**
 * Tells whether a file is the segment that its name says, of the registered cluster. A segment that PostgreSQL recycled and has not
 * filled yet, or that an administrator copied to the wrong place, still has the page address it was written with.
 *
 * @param systemIdentifier the cluster's, unsigned
 * @param version the cluster's
 */
public record SegmentCheck(long systemIdentifier, MajorVersion version) {
    /** For the segments of one database cluster of a name's history. */
    public static SegmentCheck of(ClusterStore cluster, ClusterRecord.History of) {
        MajorVersion version = MajorVersion.ofText(of.majorVersion())
                .orElseThrow(() -> new PgkeepException(
                        ErrorCode.VERSION_UNSUPPORTED,
                        "cluster '" + cluster.name() + "' is registered with PostgreSQL " + of.majorVersion()
                                + ", which this pgkeep does not know",
                        "Use a newer pgkeep."));
        return new SegmentCheck(of.systemIdentifier(), version);
    }

    /**
     * Refuses a file that is not this segment.
     *
     * @throws PgkeepException {@code CLUSTER_MISMATCH}, {@code CLUSTER_DAMAGED} or {@code FILE_READ}
     */
    public void require(Path file, SegmentName name) {
        // Not a stream: Java makes one by asking whether the file is a socket, which costs a short command the classes
        // of sockets.
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer start = ByteBuffer.allocate(WalHeader.BYTES);
            int length = Math.max(0, channel.read(start));
            WalHeader header = WalHeader.parse(Arrays.copyOf(start.array(), length), file.toString());
            header.require(name, systemIdentifier, version);
            long size = channel.size();
            if (size != header.segmentBytes()) {
                throw new PgkeepException(
                        ErrorCode.CLUSTER_DAMAGED,
                        file + " has " + size + " bytes, but its header says that segments have "
                                + header.segmentBytes(),
                        "Only complete files can be archived: look for whoever copied or truncated it.");
            }
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
        }
    }
}
