import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * What looks like a stopped PostgreSQL 17 cluster to pgkeep, made without a server: enough to rehearse the commands whose
 * start-up matters. Field offsets are those of {@code catalog/pg_control.h}.
 */
record SampleCluster(Path directory, SampleServer server) implements AutoCloseable {
    private static final long SYSTEM_IDENTIFIER = 7_000_000_000_000_000_000L;
    private static final int SEGMENT_BYTES = 16 << 20;
    private static final int BLOCK_BYTES = 8 << 10;
    private static final int RELATION_BYTES = 64 << 20;
    private static final int CHANGED_EVERY = 10;
    private static final String SEGMENT = "00000001000000000000000";
    private static final long SEGMENT_START = SEGMENT_BYTES;

    /** What a server asks for and is told, by the status 1, that it is not there. */
    static final String NOT_ARCHIVED = "00000003.history";

    private static final String HISTORY = "00000002.history";

    /** LSNs of the checkpoints with which backups of the stopped and of the running cluster begin. */
    static final long FIRST_CHECKPOINT = SEGMENT_START + 40;

    static final long SECOND_CHECKPOINT = 2 * SEGMENT_START + 0xE0_0028;

    /** In a segment that is not archived. */
    static final long LAST_CHECKPOINT = 3 * SEGMENT_START + 0xE0_0028;

    private static final int SEGMENTS = 4;

    static SampleCluster create(Path directory) throws IOException {
        var sample = new SampleCluster(directory, SampleServer.start(directory.resolve("data")));
        var rows = rows();
        fill(sample.data(), rows);
        for (int page = 0; page < RELATION_BYTES; page += CHANGED_EVERY * BLOCK_BYTES) {
            rows[page + BLOCK_BYTES - 1]++;
        }
        fill(sample.changedData(), rows);
        var wal = SampleWal.segments(SEGMENT_BYTES, SEGMENTS, SYSTEM_IDENTIFIER);
        for (int number = 1; number <= SEGMENTS; number++) {
            Files.write(sample.data().resolve("pg_wal").resolve(SEGMENT + number), wal.get(number - 1));
        }
        Files.createFile(sample.noConfiguration());
        Files.writeString(sample.configuration(), """
                [repository.sample]
                path = "%s"

                [cluster.sample]
                pgdata = "%s"
                host = "%s"
                port = 5432
                user = "postgres"
                jobs = 2
                """.formatted(
                        directory.resolve("repository"), sample.data(), sample.server.socketDirectory()));
        return sample;
    }

    private static void fill(Path data, byte[] rows) throws IOException {
        for (var room : List.of("base/1", "global", "pg_tblspc", "pg_wal", "pg_xact")) {
            Files.createDirectories(data.resolve(room));
        }
        Files.writeString(data.resolve("PG_VERSION"), "17\n");
        var ofDatabase = Files.writeString(data.resolve("base/1/PG_VERSION"), "17\n");
        // Of a database that may be younger than a base, every block is compared.
        Files.setLastModifiedTime(ofDatabase, FileTime.from(Instant.EPOCH));
        Files.write(data.resolve("base/1/1259"), rows);
        Files.write(data.resolve("base/1/1259_vm"), new byte[BLOCK_BYTES]);
        Files.write(data.resolve("pg_xact/0000"), new byte[BLOCK_BYTES]);
        Files.writeString(data.resolve("pg_wal").resolve(HISTORY), "1\t0/4E00000\tno recovery target specified\n");
        checkpoint(data, FIRST_CHECKPOINT);
    }

    /** Pages full of what compresses somewhat; their headers are those of {@code storage/bufpage.h}. */
    private static byte[] rows() {
        var rows = ByteBuffer.allocate(RELATION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        var random = new Random(17);
        for (int i = 0; i < RELATION_BYTES; i++) {
            rows.put(i, (byte) (i % 64 < 40 ? i / 64 % 100 : random.nextInt(256)));
        }
        for (int page = 0; page < RELATION_BYTES; page += BLOCK_BYTES) {
            rows.putLong(page, SEGMENT_START); // pd_lsn
            rows.putInt(page + 8, 0); // pd_checksum, pd_flags
            rows.putShort(page + 12, (short) 24); // pd_lower
            rows.putShort(page + 14, (short) 24); // pd_upper
            rows.putShort(page + 16, (short) BLOCK_BYTES); // pd_special
            rows.putShort(page + 18, (short) (BLOCK_BYTES | 4)); // pd_pagesize_version
        }
        return rows.array();
    }

    private Path configuration() {
        return directory.resolve("pgkeep.toml");
    }

    private Path noConfiguration() {
        return directory.resolve("none.toml");
    }

    private Path data() {
        return directory.resolve("data");
    }

    /** The same cluster after some of its pages changed. */
    private Path changedData() {
        return directory.resolve("changed");
    }

    /** The commands whose start-up matters, in an order that works. */
    List<List<String>> allCommands() {
        var all = new ArrayList<List<String>>();
        all.add(line(both(), "init", "--allow-root"));
        all.add(line(both(), "backup", "--allow-root", "--offline", "--progress", "off", "--name", "sample"));
        all.add(line(
                both(),
                "backup",
                "--allow-root",
                "--offline",
                "--type",
                "incr",
                "--changes",
                "hash",
                "--name",
                "later",
                "--pgdata",
                changedData().toString()));
        all.add(push(SEGMENT + 1));
        all.addAll(leanCommands(2));
        var sealed =
                line(place("sealed"), "--key-file", directory.resolve("key").toString());
        all.add(line(both(sealed), "init", "--allow-root", "--encrypt"));
        all.add(line(both(sealed), "backup", "--allow-root", "--offline", "--progress", "off"));
        all.add(line(sealed, "verify", "--deep"));
        all.add(line(sealed, "restore", "-D", directory.resolve("unsealed").toString()));
        // With the first one the server runs.
        all.add(line(both(), "check"));
        all.add(increment("wal"));
        all.add(increment("summary"));
        all.add(line(both(), "backup", "--allow-root", "--type", "full", "--no-resume"));
        all.add(line(repository(), "info"));
        all.add(line(repository(), "info", "--backup", "sample"));
        all.add(line(repository(), "manifest", "sample"));
        all.add(line(repository(), "manifest", "sample", "--output", "json"));
        all.add(line(repository(), "repo", "ls"));
        all.add(line(repository(), "expire", "--allow-root", "--dry-run", "--retention-full", "1"));
        all.add(line(repository(), "verify"));
        all.add(restore());
        all.add(line(restore(), "--delta"));
        all.add(line(restore(), "--delta=lsn"));
        all.add(line(restore(), "--delta", "--backup", "later", "--target", "immediate"));
        all.add(line(
                repository(),
                "restore",
                "-D",
                directory.resolve("scattered").toString(),
                "--backup",
                "later",
                "--target",
                "immediate"));
        all.add(line(repository(), "merge", "later", "--allow-root"));
        all.add(line(repository(), "compact", "--allow-root", "--dry-run"));
        // With this one the archive has a gap, and a backup that it damages.
        all.add(push(SEGMENT + SEGMENTS));
        all.add(line(both(), "backup", "--allow-root", "--no-archive-check"));
        all.add(push(HISTORY));
        for (var output : List.of("text", "json")) {
            all.add(line(place("repository"), "info", "--output", output));
        }
        all.add(line(place("repository"), "info", "--wal"));
        all.add(line(place("repository"), "metrics"));
        all.add(line(both(), "config"));
        all.add(List.of("help"));
        return all;
    }

    /** Those whose start PostgreSQL waits for; after all others, for what they made must be there. */
    List<List<String>> leanCommands() {
        return leanCommands(SEGMENTS - 1);
    }

    /** With a segment that is not archived yet, for that is the case that must be fast. */
    private List<List<String>> leanCommands(int segment) {
        return List.of(
                List.of("version"),
                push(SEGMENT + segment),
                line(
                        repository(),
                        "archive-get",
                        SEGMENT + segment,
                        directory.resolve("fetched").toString()),
                line(
                        repository(),
                        "archive-get",
                        NOT_ARCHIVED,
                        directory.resolve("missing").toString()));
    }

    /** A backup of the running cluster, with the changes of its WAL; progress as where no terminal is. */
    private List<String> increment(String changes) {
        return line(both(), "backup", "--allow-root", "--type", "incr", "--base", "sample", "--changes", changes);
    }

    private List<String> push(String file) {
        return line(both(), "archive-push", "--allow-root", "pg_wal/" + file);
    }

    private List<String> restore() {
        return line(repository(), "restore", "-D", directory.resolve("restored").toString());
    }

    private List<String> repository() {
        return List.of("--config", configuration().toString());
    }

    /** A repository of which no configuration knows: also none of this machine. */
    private List<String> place(String name) {
        return List.of(
                "--config",
                noConfiguration().toString(),
                "--repo-path",
                directory.resolve(name).toString());
    }

    private List<String> both() {
        return line(repository(), "--cluster", "sample");
    }

    private List<String> both(List<String> repository) {
        return line(repository, "--pgdata", data().toString());
    }

    private static List<String> line(List<String> where, String... command) {
        var line = new ArrayList<>(List.of(command));
        line.addAll(where);
        return line;
    }

    @Override
    public void close() throws IOException {
        server.close();
        Directories.delete(directory);
    }

    /** Writes the control file as a checkpoint does. */
    static void checkpoint(Path data, long lsn) {
        try {
            Files.write(data.resolve("global/pg_control"), control(lsn));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] control(long checkpoint) {
        var control = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        control.putLong(0, SYSTEM_IDENTIFIER);
        control.putInt(8, 1700); // pg_control_version
        control.putInt(12, 202_406_281); // catalog_version_no
        control.putInt(16, 1); // DB_SHUTDOWNED
        control.putLong(24, 1_700_000_000L); // time
        control.putLong(32, checkpoint); // checkPoint
        control.putLong(40, checkpoint); // checkPointCopy.redo
        control.putInt(48, 1); // .ThisTimeLineID
        control.putInt(52, 1); // .PrevTimeLineID
        control.putLong(64, 1000); // .nextXid
        control.putLong(104, 1_700_000_000L); // .time
        control.putInt(172, 1); // wal_level: replica
        control.putInt(216, BLOCK_BYTES); // blcksz
        control.putInt(220, 131_072); // relseg_size
        control.putInt(224, BLOCK_BYTES); // xlog_blcksz
        control.putInt(228, SEGMENT_BYTES); // xlog_seg_size
        control.putInt(252, 0); // data_checksum_version
        var crc = new CRC32C();
        crc.update(control.array(), 0, 288);
        control.putInt(288, (int) crc.getValue());
        return control.array();
    }
}
