package org.pgkeep.repository;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pgkeep.codec.Algorithm;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.postgres.WalHeader;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;

/**
 * The WAL of one database cluster: segments, partial segments, timeline histories and backup history files, each stored once as
 * an ordinary compressed file whose name carries the hash of its content ({@code docs/formats/wal.md}). Thread-safe.
 *
 * <pre>
 * &lt;16 hex&gt;/&lt;24 hex&gt;-&lt;hash&gt;.zst    &lt;16 hex&gt;/&lt;24 hex&gt;.partial-&lt;hash&gt;.zst    &lt;8 hex&gt;.history-&lt;hash&gt;
 * &lt;16 hex&gt;/&lt;24 hex&gt;.streamed.&lt;from&gt;.&lt;to&gt;-&lt;hash&gt;.zst
 * </pre>
 */
public final class WalArchive {
    private final Storage storage;
    private final Sealing sealing;
    private final String root;
    private final WalContent contents;

    WalArchive(Storage storage, Sealing sealing, String root) {
        this.storage = storage;
        this.sealing = sealing;
        this.root = root;
        this.contents = new WalContent(this, storage);
    }

    /** What the segments' records change. */
    public WalSummaries summaries() {
        return new WalSummaries(storage, root);
    }

    /** What was streamed of segments that are not complete. */
    public WalPieces pieces() {
        return new WalPieces(this, storage, root);
    }

    /** Which segments were found damaged. */
    public WalDamage damage() {
        return new WalDamage(this, storage, root);
    }

    /** How a push ended. */
    public enum Pushed {
        /** It is stored now. */
        STORED,
        /** The same content was stored already; of a segment in which the server left the timeline, the same up to there. */
        ALREADY_THERE
    }

    /**
     * A file of the archive.
     *
     * @param file its name as PostgreSQL knows it
     * @param hash of its content, 32 hexadecimal digits: XXH3-128, or in a sealed repository what only the key makes of it
     */
    public record Stored(String file, String hash, Algorithm algorithm, ObjectName object) {
        /** The segment of which this is a piece; empty when it is none. */
        public Optional<SegmentName> pieceOf() {
            return WalPiece.parse(file).map(WalPiece::segment);
        }
    }

    /**
     * Stores a file under the name PostgreSQL knows it by; durable when this returns.
     *
     * @param file a segment's, partial segment's, timeline history's or backup history file's name
     * @throws PgkeepException {@code CONFLICT} when the name is stored with other content, which stays as it is
     */
    public Pushed push(String file, Path source, Compression compression) {
        return push(file, new WalSource(source), compression);
    }

    /** The same with a file that was read already; it is released as soon as it is written, and waits for no disk. */
    public Pushed push(String file, WalSource content, Compression compression) {
        String hash = nameHash(file, content.hash());
        List<Stored> before = findAll(file);
        before.forEach(stored -> assertSame(stored, hash));
        // What is there already is written again and not trusted: who committed it may not know yet whether it is
        // durable.
        Stored stored = before.isEmpty() ? fresh(file, hash, compression.algorithm()) : before.getFirst();
        boolean sameForm = stored.algorithm == compression.algorithm();
        boolean mended = !before.isEmpty() && isDamaged(file);
        boolean created;
        try (ObjectWriter target = mended ? anew(stored) : storage.write(stored.object)) {
            content.compressTo(target, sameForm ? compression : Compression.of(stored.algorithm));
            content.release();
            created = target.commit();
        }
        if (mended && created) {
            SegmentName.parse(file).ifPresent(damage()::clear);
        } else if (mended) {
            // Another was faster, and may not know yet whether it is durable.
            makeDurable(stored);
        }
        // Another host may have stored another content at the same moment. Then both see both, both report it, and
        // neither
        // removes anything: a third process may have been told already that one of the two is safe here.
        findAll(file).forEach(other -> assertSame(other, hash));
        return created ? Pushed.STORED : Pushed.ALREADY_THERE;
    }

    private boolean isDamaged(String file) {
        return SegmentName.parse(file).filter(damage()::isNoted).isPresent();
    }

    /** In the place of what is stored, and no longer what it was. */
    private ObjectWriter anew(Stored stored) {
        return storage.info(stored.object)
                .map(info -> storage.rewrite(stored.object, info.version()))
                .orElseGet(() -> storage.write(stored.object));
    }

    /** Makes sure that what is stored is durable: who committed it may not know yet. */
    public void makeDurable(Stored stored) {
        try (ObjectReader reader = contents.open(stored);
                ObjectWriter target = storage.write(stored.object())) {
            long _ = new ObjectStreams.Input(reader).transferTo(new ObjectStreams.Output(target));
            boolean _ = target.commit();
        } catch (IOException e) {
            throw new PgkeepException(ErrorCode.STORAGE, "cannot write " + location(stored) + " again").causedBy(e);
        }
    }

    /** Notes that a segment will never come, because it was given up: what is missing is explained then. Durable when this returns. */
    public void noteDropped(SegmentName segment, String why) {
        ObjectName object = ObjectName.of(root + "/" + segment.folder(), segment + WalNames.DROPPED);
        boolean _ = storage.create(object, (why + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** What stands in the name of the object for the content's hash. */
    String nameHash(String file, String hash) {
        return sealing.walHash(folder(file) + "/" + file, hash);
    }

    Stored fresh(String file, String hash, Algorithm wanted) {
        // Histories are tiny and read by people: stored as they are.
        boolean plain = file.endsWith(".history") || file.endsWith(".backup");
        Algorithm algorithm = plain ? Algorithm.NONE : wanted;
        ObjectName object = ObjectName.of(folder(file), file + "-" + hash + algorithm.suffix());
        return new Stored(file, hash, algorithm, object);
    }

    private void assertSame(Stored stored, String hash) {
        if (!stored.hash.equals(hash)) {
            throw new PgkeepException(
                    ErrorCode.CONFLICT,
                    stored.file + " is already archived with another content (" + location(stored)
                            + ", this one has hash " + hash + "); nothing was overwritten",
                    "Two servers archive into one cluster of the repository, or one was restored and writes the same timeline"
                            + " again. Register the second one under a name of its own.");
        }
    }

    /**
     * A file of the archive; empty when it is not there. One of several contents if they differ only in what is nobody's WAL, behind the
     * switch to another timeline.
     *
     * @throws PgkeepException {@code CONFLICT} when two hosts stored different contents under this name at the same moment
     */
    public Optional<Stored> find(String file) {
        List<Stored> all = findAll(file);
        return all.isEmpty() ? Optional.empty() : Optional.of(one(all));
    }

    /** Whether nobody can tell which of the contents that are stored under a name is right. */
    public boolean isAmbiguous(String file) {
        try {
            Optional<Stored> _ = find(file);
            return false;
        } catch (PgkeepException e) {
            return switch (e.code()) {
                case CONFLICT, DAMAGED, CLUSTER_DAMAGED -> true;
                default -> throw e;
            };
        }
    }

    private Stored one(List<Stored> all) {
        Stored first = all.getFirst();
        all.stream()
                .filter(other -> !other.hash.equals(first.hash))
                .findFirst()
                .filter(_ -> !areSameUpToTheSwitch(all))
                .ifPresent(other -> {
                    throw twice(first, other);
                });
        return first;
    }

    private boolean areSameUpToTheSwitch(List<Stored> all) {
        return SegmentName.parse(all.getFirst().file)
                .filter(segment -> StoredBeginning.isOne(this, segment, all))
                .isPresent();
    }

    private PgkeepException twice(Stored one, Stored other) {
        return new PgkeepException(
                ErrorCode.CONFLICT,
                one.file + " is archived with two contents: " + location(one) + " and " + location(other),
                "Two servers archived it at the same moment. Find out which one is right and remove the other.");
    }

    private List<Stored> findAll(String file) {
        String folder = folder(file);
        String prefix = file + "-";
        List<Stored> found = new ArrayList<>();
        try (Stream<String> names = storage.names(folder)) {
            names.filter(name -> name.startsWith(prefix))
                    .sorted()
                    .forEach(name -> stored(ObjectName.of(folder, name)).ifPresent(found::add));
        }
        return found;
    }

    /** Which archived file an object is; empty for objects that are none, such as summaries. */
    static Optional<Stored> stored(ObjectName object) {
        String name = object.last();
        int dash = name.indexOf('-');
        if (dash < 0 || name.length() < dash + 1 + WalNames.HASH_DIGITS) {
            return Optional.empty();
        }
        String suffix = name.substring(dash + 1 + WalNames.HASH_DIGITS);
        for (Algorithm algorithm : Algorithm.values()) {
            if (algorithm.suffix().equals(suffix)) {
                String hash = name.substring(dash + 1, dash + 1 + WalNames.HASH_DIGITS);
                return Optional.of(new Stored(name.substring(0, dash), hash, algorithm, object));
            }
        }
        return Optional.empty();
    }

    private String folder(String file) {
        return file.endsWith(".history") ? root : root + "/" + file.substring(0, 16);
    }

    /** All files of the archive in order of name; lazy. Close the stream. */
    public Stream<Stored> list() {
        return storage.list(root).flatMap(info -> stored(info.name()).stream());
    }

    /**
     * Which WAL is there, from a list of names.
     *
     * @param since also to ask for the length and the time of each file, which takes several times as long: what was stored at or
     *     after this counts as recent
     */
    public WalCensus census(Optional<Instant> since) {
        return WalCensus.take(storage, root, since);
    }

    /**
     * The line of descent of a timeline; empty when nobody archived it.
     *
     * @throws PgkeepException {@code CONFLICT}, {@code DAMAGED} or {@code CLUSTER_DAMAGED} when it cannot be told
     */
    public Optional<TimelineHistory> history(int timeline) {
        return find(TimelineHistory.fileName(timeline))
                .map(stored -> TimelineHistory.parse(timeline, contents.text(stored)));
    }

    /**
     * Where a timeline was left first, as far as the histories in the archive tell; empty when none of them leaves it.
     *
     * @throws PgkeepException {@code CONFLICT}, {@code DAMAGED} or {@code CLUSTER_DAMAGED} when one cannot be read
     */
    public Optional<Lsn> leftAt(int timeline) {
        return departures(timeline).stream().min(Lsn::compareTo);
    }

    /** The youngest timeline of which the archive has the history; empty when it has none. */
    Optional<Integer> youngestTimeline() {
        return WalCensus.histories(storage, root).stream().max(Integer::compareUnsigned);
    }

    /** Where a timeline was left, once for each history in the archive that leaves it. */
    List<Lsn> departures(int timeline) {
        return WalCensus.histories(storage, root).stream()
                .flatMap(each -> history(each).stream())
                .flatMap(history -> history.endOf(timeline).stream())
                .toList();
    }

    /** Where it is, for messages. */
    public String location() {
        String inside = storage.location(ObjectName.of(root, "x"));
        return inside.substring(0, inside.length() - 2);
    }

    /** Whether a segment is there. */
    public boolean has(SegmentName segment) {
        return find(segment.toString()).isPresent();
    }

    /**
     * The segments that are stored in the same folder as this one would be, by name.
     *
     * @throws PgkeepException {@code CONFLICT} when one is stored with two contents
     */
    public Map<SegmentName, Stored> storedBeside(SegmentName segment) {
        Map<SegmentName, List<Stored>> all = new HashMap<>();
        String folder = root + "/" + segment.folder();
        try (Stream<String> children = storage.children(folder)) {
            children.flatMap(child -> stored(ObjectName.of(folder, child)).stream())
                    .forEach(stored -> SegmentName.parse(stored.file())
                            .ifPresent(name -> all.computeIfAbsent(name, _ -> new ArrayList<>())
                                    .add(stored)));
        }
        Map<SegmentName, Stored> result = new HashMap<>();
        all.forEach((name, stored) -> result.put(name, one(stored)));
        return result;
    }

    /**
     * Whether a stored file has the content of this one.
     *
     * @throws PgkeepException {@code FILE_READ} when the file cannot be read
     */
    public boolean isOf(Stored stored, Path file) {
        return isOf(stored, new WalSource(file));
    }

    /**
     * Whether the first bytes of a stored file are those of this one.
     *
     * @throws PgkeepException {@code FILE_READ} when the file cannot be read, {@code DAMAGED} when what is stored is not what was
     */
    public boolean isOf(Stored stored, Path file, long bytes) {
        return StoredBeginning.hash(this, stored, bytes).equals(new WalSource(file, 0, bytes).hash());
    }

    boolean isOf(Stored stored, WalSource content) {
        return stored.hash.equals(nameHash(stored.file, content.hash()));
    }

    /** The same, without those that were found damaged. */
    public Set<SegmentName> soundBeside(SegmentName segment) {
        WalFolder folder = WalCensus.counted(storage, root, segment.folder());
        Set<SegmentName> sound = new HashSet<>();
        for (int i = folder.nextSound(0); i >= 0; i = folder.nextSound(i + 1)) {
            sound.add(folder.segment(i));
        }
        return sound;
    }

    /** The segments that are stored in the same folder as this one would be: those of its timeline and 4 GiB of WAL. */
    public Set<SegmentName> segmentsBeside(SegmentName segment) {
        try (Stream<String> names = storage.names(root + "/" + segment.folder())) {
            return names.flatMap(name -> stored(ObjectName.of(root, name)).stream())
                    .flatMap(stored -> SegmentName.parse(stored.file()).stream())
                    .collect(Collectors.toSet());
        }
    }

    /** When a stored file was committed, by the store's clock, and its length; empty when it is gone. */
    public Optional<ObjectInfo> info(Stored stored) {
        return storage.info(stored.object());
    }

    /** Where a stored file is, for messages. */
    public String location(Stored stored) {
        return storage.location(stored.object());
    }

    /**
     * Copies a stored file's content out and proves its hash. What was written before an error must not be used.
     *
     * @return bytes copied
     * @throws PgkeepException {@code DAMAGED} when the content is not what was stored
     * @throws IOException when writing to the target fails
     */
    public long copyTo(Stored stored, OutputStream target) throws IOException {
        return contents.copyTo(stored, target);
    }

    /**
     * The header of a stored segment, without its hash being proved.
     *
     * @throws PgkeepException {@code DAMAGED}, or {@code CLUSTER_DAMAGED} when the content does not begin as a segment
     */
    public WalHeader header(Stored stored) {
        return contents.header(stored);
    }
}
