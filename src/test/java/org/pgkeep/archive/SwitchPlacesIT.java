package org.pgkeep.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.LiveTree;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;

/** Segments that the server leaves by a switch, whose record begins at each place up to the end of a segment. */
class SwitchPlacesIT {
    private static final int SEGMENT_BYTES = 1 << 20;

    private static final ThrowawayServer.Options SMALL_SEGMENTS =
            new ThrowawayServer.Options(true, OptionalInt.of(1), false);

    @ParameterizedTest
    @ValueSource(strings = {"13", "18"})
    void eachSegmentIsArchivedAsTheWholeThatItIs(String major) {
        try (BackedUpCluster source = BackedUpCluster.setUp(TestCluster.create(major, SMALL_SEGMENTS))) {
            Sql sql = Sql.on(source.cluster().server());
            sql.run("CREATE TABLE switches (room int)");
            source.succeeds("backup");
            List<SegmentName> left = new ArrayList<>();
            // A record's header has 24 bytes and begins at a multiple of 8.
            for (int room : new int[] {8, 16, 24, 32}) {
                sql.run("INSERT INTO switches VALUES (" + room + ")");
                Lsn end = switchWithRoom(sql, room);
                // Behind the last byte of a segment, but for a switch that reaches into the next one.
                left.add(SegmentName.holding(1, end.plus(-1), SEGMENT_BYTES));
                left.add(SegmentName.holding(1, end, SEGMENT_BYTES));
            }
            sql.run("INSERT INTO switches VALUES (0)");
            source.archiveEverything();
            assertThat(isThere(source.repository(), ".streamed.")).as("pieces").isFalse();
            assertThat(left).allMatch(segment -> isThere(source.repository(), segment + "-"));
            String lsn = sql.value("SELECT pg_create_restore_point('end')");
            source.archiveEverything();
            source.succeeds("backup", "--changes", "wal");
            Path restored = source.restore("restored", "--target-lsn", lsn, "--target-action", "promote");
            ThrowawayServer server = source.startRestored(restored);
            assertThat(Oracle.contents(server))
                    .isEqualTo(Oracle.contents(source.cluster().server()));
        }
    }

    private static boolean isThere(Path repository, String part) {
        return LiveTree.files(repository).stream()
                .anyMatch(file -> file.getFileName().toString().contains(part));
    }

    /** Writes a switch that begins so many bytes before the end of a segment; returns where it ends. */
    private static Lsn switchWithRoom(Sql sql, int room) {
        for (int attempt = 0; attempt < 20; attempt++) {
            // Not in one step: pages have headers. 54 bytes of a message's record are not the message itself.
            long far = left(sql) - 4000;
            if (far > 8192) {
                message(sql, far - far / 8192 * 24 - 54);
            }
            long near = left(sql) - room - 54;
            if (near > 256 && near < 8000) {
                message(sql, near);
            }
            boolean isThere = left(sql) == room;
            Lsn end = Lsn.parse(sql.value("SELECT pg_switch_wal()"));
            if (isThere) {
                return end;
            }
        }
        throw new AssertionError("the server always writes in between");
    }

    private static void message(Sql sql, long bytes) {
        sql.run("SELECT pg_logical_emit_message(false, '', repeat('x', " + bytes + "))");
    }

    /** Bytes until the segment ends. */
    private static long left(Sql sql) {
        long at = Lsn.parse(sql.value("SELECT pg_current_wal_insert_lsn()")).value();
        return SEGMENT_BYTES - at % SEGMENT_BYTES;
    }
}
