package org.pgkeep.postgres.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.WalHeader;

/** Reads WAL of every kind, and compares with what PostgreSQL itself reads in the same segments. */
final class WalReaderIT {
    private static final int SEGMENT_BYTES = 16 << 20;
    private static final Pattern REFERENCE =
            Pattern.compile("blkref #\\d+: rel (\\d+)/(\\d+)/(\\d+)(?: fork (\\w+))? blk (\\d+)");
    private static final Map<String, Integer> FORKS = Map.of("main", 0, "fsm", 1, "vm", 2, "init", 3);

    private static final Map<String, Written> WRITTEN = new HashMap<>();

    /** WAL of every kind: from the beginning of a segment to before an LSN. */
    private record Written(TestCluster cluster, Lsn start, Lsn end) {}

    static Stream<String> inspecting() {
        return Servers.matrix().filter(major -> isAtLeast(major, MajorVersion.V15));
    }

    static Stream<String> summarizing() {
        return Servers.matrix().filter(major -> isAtLeast(major, MajorVersion.V17));
    }

    private static boolean isAtLeast(String major, MajorVersion version) {
        return MajorVersion.ofText(major).orElseThrow().isAtLeast(version);
    }

    private static Written written(String major) {
        return WRITTEN.computeIfAbsent(major, WalReaderIT::write);
    }

    private static Written write(String major) {
        TestCluster cluster = EveryKindOfWal.configured(TestCluster.create(major));
        if (isAtLeast(major, MajorVersion.V17)) {
            cluster.with("summarize_wal", "on");
        }
        cluster.start();
        cluster.sql("CHECKPOINT", "SELECT pg_switch_wal()");
        Lsn now = Lsn.parse(cluster.query("SELECT pg_current_wal_lsn()"));
        EveryKindOfWal.write(cluster);
        cluster.sql("SELECT pg_switch_wal()", "CREATE TABLE last (i int)", "CHECKPOINT");
        Lsn end = Lsn.parse(cluster.query("SELECT pg_current_wal_insert_lsn()"));
        SegmentName first = SegmentName.holding(1, now, SEGMENT_BYTES);
        return new Written(cluster, first.start(SEGMENT_BYTES), end);
    }

    @AfterAll
    static void closeAll() {
        WRITTEN.values().forEach(written -> written.cluster.close());
    }

    @ParameterizedTest
    @MethodSource("inspecting")
    void everyRecordAndBlockReferenceIsThatOfPgWalinspect(String major) throws SQLException {
        Written wal = written(major);
        wal.cluster.sql("CREATE EXTENSION IF NOT EXISTS pg_walinspect");
        Numbers references = new Numbers(6);
        Numbers records = new Numbers(2);
        read(wal, new WalSink() {
            private long record;

            @Override
            public void record(long lsn, int resourceManager, int info, int bytes) {
                record = lsn;
                records.add(lsn, bytes);
            }

            @Override
            public void block(int tablespace, int database, int relation, int fork, int block) {
                references.add(record, tablespace, database, relation, fork, block);
            }

            @Override
            public void limit(int tablespace, int database, int relation, int fork, int block) {}

            @Override
            public void database(int tablespace, int database) {}
        });
        assertThat(records.count()).isGreaterThan(20_000);

        Numbers expectedRecords = new Numbers(2);
        Numbers expected = new Numbers(6);
        boolean hasBlockInfo = isAtLeast(major, MajorVersion.V16);
        String range = "'" + wal.start + "', '" + wal.end + "'";
        each(
                wal.cluster,
                "SELECT start_lsn, record_length, " + (hasBlockInfo ? "null" : "block_ref")
                        + " FROM pg_get_wal_records_info(" + range + ")",
                row -> {
                    long lsn = Lsn.parse(row.getString(1)).value();
                    expectedRecords.add(lsn, row.getInt(2));
                    addReferences(expected, lsn, row.getString(3));
                });
        if (hasBlockInfo) {
            each(
                    wal.cluster,
                    "SELECT start_lsn, reltablespace, reldatabase, relfilenode, relforknumber, relblocknumber"
                            + " FROM pg_get_wal_block_info(" + range + ", false)",
                    row -> expected.add(
                            Lsn.parse(row.getString(1)).value(),
                            row.getLong(2),
                            row.getLong(3),
                            row.getLong(4),
                            row.getInt(5),
                            row.getLong(6)));
        }

        assertThat(records.firstDifference(expectedRecords)).isEmpty();
        assertThat(references.firstDifference(expected)).isEmpty();
    }

    private static void addReferences(Numbers expected, long lsn, String text) {
        if (text == null) {
            return;
        }
        Matcher matcher = REFERENCE.matcher(text);
        while (matcher.find()) {
            String fork = matcher.group(4);
            expected.add(
                    lsn,
                    Long.parseLong(matcher.group(1)),
                    Long.parseLong(matcher.group(2)),
                    Long.parseLong(matcher.group(3)),
                    FORKS.getOrDefault(fork == null ? "main" : fork, -1),
                    Long.parseLong(matcher.group(5)));
        }
    }

    /** The server's own summaries tell the same blocks, limits and databases as ours of the same WAL. */
    @ParameterizedTest
    @MethodSource("summarizing")
    void aSummaryTellsWhatTheServersOwnTells(String major) throws SQLException, IOException {
        Written wal = written(major);
        TestCluster cluster = wal.cluster;
        String reached = "SELECT summarized_lsn >= '" + cluster.query("SELECT redo_lsn FROM pg_control_checkpoint()")
                + "' FROM pg_get_wal_summarizer_state()";
        Wait.until("the summarizer", () -> cluster.query(reached).equals("t"));
        Lsn[] range = new Lsn[2];
        each(
                cluster,
                "SELECT min(start_lsn), max(end_lsn) FROM pg_available_wal_summaries() WHERE start_lsn >= '" + wal.start
                        + "'",
                row -> {
                    range[0] = Lsn.parse(row.getString(1));
                    range[1] = Lsn.parse(row.getString(2));
                });
        Set<String> expected = new TreeSet<>();
        Map<String, Long> limits = new HashMap<>();
        each(
                cluster,
                "SELECT reltablespace, reldatabase, relfilenode, relforknumber, relblocknumber, is_limit_block"
                        + " FROM pg_available_wal_summaries() s, pg_wal_summary_contents(s.tli, s.start_lsn, s.end_lsn)"
                        + " WHERE s.start_lsn >= '" + wal.start + "' AND relforknumber IN (0, 3)",
                row -> {
                    String fork =
                            row.getLong(1) + "/" + row.getLong(2) + "/" + row.getLong(3) + " fork " + row.getInt(4);
                    if (row.getBoolean(6)) {
                        limits.merge(fork, row.getLong(5), Math::min);
                    } else {
                        expected.add(fork + " block " + row.getLong(5));
                    }
                });
        expected.removeIf(line -> {
            String[] parts = line.split(" block ");
            return limits.getOrDefault(parts[0], Long.MAX_VALUE) <= Long.parseLong(parts[1]);
        });
        limits.forEach((fork, limit) -> expected.add(fork + " limit " + limit));

        Set<String> told = new TreeSet<>();
        summary(wal, range[0], range[1]).tell(new WalSink() {
            @Override
            public void block(int tablespace, int database, int relation, int fork, int block) {
                told.add(text(tablespace, database, relation, fork) + " block " + Integer.toUnsignedString(block));
            }

            @Override
            public void limit(int tablespace, int database, int relation, int fork, int block) {
                told.add(text(tablespace, database, relation, fork) + " limit " + Integer.toUnsignedString(block));
            }

            @Override
            public void database(int tablespace, int database) {
                limit(tablespace, database, 0, 0, 0);
            }
        });
        assertThat(told).containsExactlyElementsOf(expected).hasSizeGreaterThan(3000);
    }

    private static String text(int tablespace, int database, int relation, int fork) {
        return Integer.toUnsignedString(tablespace) + "/" + Integer.toUnsignedString(database) + "/"
                + Integer.toUnsignedString(relation) + " fork " + fork;
    }

    /** What records from an LSN to before another change. */
    private static BlockReferences summary(Written wal, Lsn from, Lsn to) {
        SegmentName first = SegmentName.holding(1, from, SEGMENT_BYTES);
        ChangeTable table = new ChangeTable(new Place(first));
        Written range = new Written(wal.cluster, first.start(SEGMENT_BYTES), to);
        read(range, new WalSink() {
            private boolean counts;

            @Override
            public void record(long lsn, int resourceManager, int info, int bytes) {
                counts = Long.compareUnsigned(lsn, from.value()) >= 0;
            }

            @Override
            public void block(int tablespace, int database, int relation, int fork, int block) {
                if (counts) {
                    table.block(tablespace, database, relation, fork, block);
                }
            }

            @Override
            public void limit(int tablespace, int database, int relation, int fork, int block) {
                if (counts) {
                    table.limit(tablespace, database, relation, fork, block);
                }
            }

            @Override
            public void database(int tablespace, int database) {
                if (counts) {
                    table.database(tablespace, database);
                }
            }
        });
        return table.finish();
    }

    private static void read(Written wal, WalSink sink) {
        SegmentName segment = SegmentName.holding(1, wal.start, SEGMENT_BYTES);
        WalReader reader = null;
        Path directory = wal.cluster.data().resolve("pg_wal");
        while (reader == null || !reader.isDone()) {
            try (InputStream file = Files.newInputStream(directory.resolve(segment.toString()))) {
                byte[] bytes = file.readAllBytes();
                if (reader == null) {
                    reader = new WalReader(WalHeader.parse(bytes, "test"), segment, wal.end, sink);
                } else {
                    reader.segment(segment);
                }
                for (int at = 0; at < bytes.length && !reader.isDone(); at += 8192) {
                    reader.page(bytes, at);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            segment = segment.next(SEGMENT_BYTES);
        }
    }

    private interface RowSink {
        void accept(ResultSet row) throws SQLException;
    }

    private static void each(TestCluster cluster, String sql, RowSink sink) throws SQLException {
        try (Connection connection = cluster.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.setFetchSize(10_000);
            try (ResultSet rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    sink.accept(rows);
                }
            }
        }
    }
}
