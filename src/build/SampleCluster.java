import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What looks like a stopped PostgreSQL 17 cluster to pgkeep, made without a server: enough to rehearse the commands whose
 * start-up matters. Field offsets are those of {@code catalog/pg_control.h}.
 */
record SampleCluster(Path directory) {
    private static final long SYSTEM_IDENTIFIER = 7_000_000_000_000_000_000L;
    private static final int SEGMENT_BYTES = 16 << 20;
    private static final int BLOCK_BYTES = 8 << 10;
    private static final String SEGMENT = "00000001000000000000000";
    private static final long SEGMENT_START = SEGMENT_BYTES;
    private static final int SEGMENTS = 2;

    static SampleCluster create(Path directory) throws IOException {
        var sample = new SampleCluster(directory);
        for (var room : List.of("base/1", "global", "pg_tblspc", "pg_wal", "pg_xact")) {
            Files.createDirectories(sample.data().resolve(room));
        }
        Files.writeString(sample.data().resolve("PG_VERSION"), "17\n");
        Files.writeString(sample.data().resolve("base/1/PG_VERSION"), "17\n");
        Files.write(sample.data().resolve("base/1/1259"), new byte[4 * BLOCK_BYTES]);
        Files.write(sample.data().resolve("global/pg_control"), control());
        for (int number = 1; number <= SEGMENTS; number++) {
            Files.write(
                    sample.data().resolve("pg_wal").resolve(SEGMENT + number),
                    SampleSegment.of(SEGMENT_BYTES, number, SYSTEM_IDENTIFIER));
        }
        return sample;
    }

    private Path data() {
        return directory.resolve("data");
    }

    /** All commands that need no server, in an order that works. */
    List<List<String>> allCommands() {
        var all = new ArrayList<List<String>>();
        all.add(line(both(), "init", "--allow-root"));
        all.add(line(both(), "backup", "--allow-root", "--offline", "--progress", "off", "--name", "sample"));
        all.addAll(leanCommands(1));
        all.add(line(repository(), "info"));
        all.add(line(repository(), "info", "--output", "json"));
        all.add(line(repository(), "info", "--wal"));
        all.add(line(repository(), "info", "--backup", "sample"));
        all.add(line(repository(), "manifest", "sample"));
        all.add(line(repository(), "manifest", "sample", "--output", "json"));
        all.add(line(repository(), "repo", "ls"));
        all.add(line(repository(), "expire", "--allow-root", "--dry-run", "--retention-full", "1"));
        all.add(line(repository(), "verify"));
        all.add(line(
                repository(), "restore", "-D", directory.resolve("restored").toString()));
        var sealed = List.of(
                "--repo-path", directory.resolve("sealed").toString(), "--key-file", directory.resolve("key").toString());
        all.add(line(both(sealed), "init", "--allow-root", "--encrypt"));
        all.add(line(both(sealed), "backup", "--allow-root", "--offline", "--progress", "off"));
        all.add(line(sealed, "verify", "--deep"));
        all.add(line(sealed, "restore", "-D", directory.resolve("unsealed").toString()));
        all.add(line(both(), "config"));
        all.add(List.of("help"));
        return all;
    }

    /** Those whose start PostgreSQL waits for; the repository must be there. */
    List<List<String>> leanCommands() {
        return leanCommands(SEGMENTS);
    }

    /** With a segment that is not archived yet, for that is the case that must be fast. */
    private List<List<String>> leanCommands(int segment) {
        return List.of(
                List.of("version"),
                line(both(), "archive-push", "--allow-root", "pg_wal/" + SEGMENT + segment),
                line(
                        repository(),
                        "archive-get",
                        SEGMENT + segment,
                        directory.resolve("fetched").toString()),
                line(
                        repository(),
                        "archive-get",
                        "00000002.history",
                        directory.resolve("missing").toString()));
    }

    private List<String> repository() {
        return List.of("--repo-path", directory.resolve("repository").toString());
    }

    private List<String> both() {
        return both(repository());
    }

    private List<String> both(List<String> repository) {
        return line(repository, "--pgdata", data().toString());
    }

    private static List<String> line(List<String> where, String... command) {
        var line = new ArrayList<>(List.of(command));
        line.addAll(where);
        return line;
    }

    private static byte[] control() {
        var control = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        control.putLong(0, SYSTEM_IDENTIFIER);
        control.putInt(8, 1700); // pg_control_version
        control.putInt(12, 202_406_281); // catalog_version_no
        control.putInt(16, 1); // DB_SHUTDOWNED
        control.putLong(24, 1_700_000_000L); // time
        control.putLong(32, SEGMENT_START + 40); // checkPoint
        control.putLong(40, SEGMENT_START + 40); // checkPointCopy.redo
        control.putInt(48, 1); // .ThisTimeLineID
        control.putInt(52, 1); // .PrevTimeLineID
        control.putLong(64, 1000); // .nextXid
        control.putLong(104, 1_700_000_000L); // .time
        control.putInt(172, 1); // wal_level: replica
        control.putInt(216, BLOCK_BYTES); // blcksz
        control.putInt(220, 131_072); // relseg_size
        control.putInt(224, BLOCK_BYTES); // xlog_blcksz
        control.putInt(228, SEGMENT_BYTES); // xlog_seg_size
        control.putInt(252, 1); // data_checksum_version
        var crc = new CRC32C();
        crc.update(control.array(), 0, 288);
        control.putInt(288, (int) crc.getValue());
        return control.array();
    }
}
