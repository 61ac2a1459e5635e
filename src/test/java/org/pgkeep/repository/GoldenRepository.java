package org.pgkeep.repository;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.seal.Chance;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.memory.MemoryStorage;
import org.pgkeep.storage.posix.PosixOptions;
import org.pgkeep.storage.posix.PosixStorage;

/**
 * The repositories that earlier builds wrote, one for each format, under {@code src/test/resources/golden}. They never change: every
 * later build must read them. {@link #main} made the one of the current format, once.
 */
public final class GoldenRepository {
    /** The backup's label. */
    public static final Label LABEL = Label.parse("20261121-203000F").orElseThrow();

    /** The segments that are archived. */
    public static final String FIRST_SEGMENT = "000000010000000000000003";

    public static final String LAST_SEGMENT = "000000010000000000000004";

    private GoldenRepository() {}

    /** What the backup's files hold. */
    public static Map<String, byte[]> files() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("PG_VERSION", "17\n".getBytes(StandardCharsets.US_ASCII));
        byte[] relation = new byte[5 * Blocks.BYTES];
        for (int block : new int[] {0, 3}) {
            // pd_lower, pd_upper, pd_special
            relation[block * Blocks.BYTES + 12] = 28;
            relation[block * Blocks.BYTES + 15] = 0x1F;
            relation[block * Blocks.BYTES + 17] = 0x20;
            relation[block * Blocks.BYTES + 8191] = (byte) (block + 1);
        }
        files.put("base/5/16384", relation);
        files.put("base/5/16385", new byte[0]);
        return files;
    }

    /** What is known of the backup beside its record. */
    public static BackupMark mark() {
        return new BackupMark(
                LABEL,
                Optional.of(new Pin(Optional.of(Instant.parse("2027-11-21T00:00:00Z")), true)),
                GivenName.parse("before-upgrade"),
                Optional.of("the last one before the move to the new storage"),
                new TreeMap<>(Map.of("ticket", "OPS-1742")),
                Optional.of(Validation.sound(Instant.parse("2026-11-22T03:00:00Z"), Validation.Depth.DEEP)));
    }

    /** What was verified of it when. */
    public static Ledger ledger() {
        Ledger ledger = new Ledger();
        ledger.sound(LABEL, 1, Validation.Depth.DEEP, Instant.parse("2026-11-22T03:00:00Z"));
        ledger.sound(LABEL, 1, Validation.Depth.SCRUB, Instant.parse("2026-11-29T03:00:00Z"));
        WalRuns wal = new WalRuns(List.of(new WalRuns.Run(
                SegmentName.parse(FIRST_SEGMENT).orElseThrow(),
                SegmentName.parse(LAST_SEGMENT).orElseThrow(),
                Instant.parse("2026-11-29T03:00:00Z"))));
        ledger.putWal(1, wal);
        return ledger;
    }

    /** A copy of the golden repository of a format, so that no test changes it. */
    public static Storage open(int format) throws IOException, URISyntaxException {
        return open("/golden/format-" + format);
    }

    /** The same, sealed. */
    public static Storage openSealed(int format) throws IOException, URISyntaxException {
        return open("/golden/format-" + format + "-sealed");
    }

    private static Storage open(String resource) throws IOException, URISyntaxException {
        Path root = Path.of(GoldenRepository.class.getResource(resource).toURI());
        MemoryStorage copy = new MemoryStorage();
        try (PosixStorage stored = PosixStorage.open(root)) {
            TinyRepository.copy(stored, copy);
        }
        return copy;
    }

    /** Writes it into the directory that the argument names; sealed, if the word follows. */
    public static void main(String[] arguments) throws IOException {
        boolean sealed = arguments.length > 1 && arguments[1].equals("sealed");
        TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
        try (Storage storage = PosixStorage.create(Path.of(arguments[0]), PosixOptions.DEFAULT)) {
            ClusterStore cluster = sealed ? sealedCluster(storage, clock) : TinyRepository.cluster(storage, clock);
            TinyRepository.backup(cluster, clock, files(), true, Compression.DEFAULT);
            BackupMark _ = cluster.marks().change(LABEL, _ -> mark());
            boolean _ = cluster.ledger().write(ledger());
            for (String name : new String[] {FIRST_SEGMENT, LAST_SEGMENT}) {
                push(cluster, name, TinyRepository.segment(name, 1));
            }
            push(
                    cluster,
                    "00000002.history",
                    "1\t0/480000\tno recovery target specified\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** With keys that anybody can compute. */
    private static ClusterStore sealedCluster(Storage storage, TinyRepository.StandingClock clock) {
        Random random = new Random(20261121);
        Chance chance = length -> {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            return bytes;
        };
        return Repository.createSealed(storage, clock, TinyRepository.SECRET, "golden", chance)
                .register(TinyRepository.MAIN, TinyRepository.SYSTEM_IDENTIFIER, TinyRepository.VERSION.text());
    }

    private static void push(ClusterStore cluster, String name, byte[] content) throws IOException {
        Path file = Files.createTempFile("pgkeep", ".wal");
        try {
            Files.write(file, content);
            cluster.wal().push(name, file, Compression.DEFAULT);
        } finally {
            Files.delete(file);
        }
    }
}
