package org.pgkeep.repository;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgkeep.codec.Algorithm;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.StreamCodec;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
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
 * </pre>
 */
public final class WalArchive {
    private static final int HASH_DIGITS = 32;

    private final Storage storage;
    private final String root;

    WalArchive(Storage storage, String root) {
        this.storage = storage;
        this.root = root;
    }

    /** How a push ended. */
    public enum Pushed {
        /** It is stored now. */
        STORED,
        /** The same content was stored already. */
        ALREADY_THERE
    }

    /**
     * A file of the archive.
     *
     * @param file its name as PostgreSQL knows it
     * @param hash XXH3-128 of its content, 32 hexadecimal digits
     */
    public record Stored(String file, String hash, Algorithm algorithm, ObjectName object, long storedBytes) {}

    /**
     * Stores a file under the name PostgreSQL knows it by.
     *
     * @param file a segment's, partial segment's, timeline history's or backup history file's name
     * @throws PgkeepException {@code CONFLICT} when the name is stored with other content, which stays as it is
     */
    public Pushed push(String file, Path source, Compression compression) {
        String hash = hashOf(source);
        Optional<Stored> before = find(file);
        if (before.isPresent()) {
            return sameOrConflict(before.get(), hash);
        }
        // Histories are tiny and read by people: stored as they are.
        Compression used = file.endsWith(".history") || file.endsWith(".backup") ? Compression.NONE : compression;
        ObjectName name =
                ObjectName.of(folder(file), file + "-" + hash + used.algorithm().suffix());
        boolean created;
        try (ObjectWriter target = storage.write(name)) {
            copy(source, hash, used, target);
            created = target.commit();
        }
        assertOnly(file, hash, name, created);
        return created ? Pushed.STORED : Pushed.ALREADY_THERE;
    }

    private static Pushed sameOrConflict(Stored stored, String hash) {
        if (stored.hash.equals(hash)) {
            return Pushed.ALREADY_THERE;
        }
        throw conflict(stored.file, stored.hash, hash);
    }

    private static PgkeepException conflict(String file, String there, String here) {
        return new PgkeepException(
                ErrorCode.CONFLICT,
                file + " is already archived with another content (hash " + there + ", this one has " + here
                        + "); nothing was overwritten",
                "Two servers archive into one cluster of the repository. Register the second one under a name of its own.");
    }

    /** Two hosts may have stored different contents at the same moment: the later one sees both and takes its own back. */
    private void assertOnly(String file, String hash, ObjectName mine, boolean created) {
        for (Stored stored : findAll(file)) {
            if (!stored.hash.equals(hash)) {
                if (created) {
                    boolean _ = storage.delete(mine);
                }
                throw conflict(file, stored.hash, hash);
            }
        }
    }

    private static String hashOf(Path source) {
        try (InputStream stream = Files.newInputStream(source)) {
            Xxh3.Stream128 hash = Xxh3.stream128();
            byte[] buffer = new byte[1 << 18];
            for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
                hash.put(buffer, 0, n);
            }
            return hash.hex();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + source, e);
        }
    }

    private static void copy(Path source, String expectedHash, Compression compression, ObjectWriter target) {
        Xxh3.Stream128 hash = Xxh3.stream128();
        try (InputStream stream = Files.newInputStream(source);
                OutputStream sink = StreamCodec.compressing(
                        new BufferedOutputStream(new ObjectStreams.Output(target), 1 << 18), compression)) {
            byte[] buffer = new byte[1 << 18];
            for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
                hash.put(buffer, 0, n);
                sink.write(buffer, 0, n);
            }
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + source, e);
        }
        if (!hash.hex().equals(expectedHash)) {
            throw new PgkeepException(ErrorCode.FILE_READ, source + " changed while it was read");
        }
    }

    /** A file of the archive; empty when it is not there. */
    public Optional<Stored> find(String file) {
        List<Stored> all = findAll(file);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getFirst());
    }

    private List<Stored> findAll(String file) {
        String folder = folder(file);
        String prefix = file + "-";
        List<Stored> found = new ArrayList<>();
        try (Stream<String> children = storage.children(folder)) {
            children.filter(child -> child.startsWith(prefix))
                    .forEach(child -> stored(ObjectName.of(folder, child), 0).ifPresent(found::add));
        }
        return found;
    }

    /** Which archived file an object is; empty for objects that are none, such as summaries. */
    private static Optional<Stored> stored(ObjectName object, long bytes) {
        String name = object.last();
        int dash = name.indexOf('-');
        if (dash < 0 || name.length() < dash + 1 + HASH_DIGITS) {
            return Optional.empty();
        }
        String suffix = name.substring(dash + 1 + HASH_DIGITS);
        for (Algorithm algorithm : Algorithm.values()) {
            if (algorithm.suffix().equals(suffix)) {
                String hash = name.substring(dash + 1, dash + 1 + HASH_DIGITS);
                return Optional.of(new Stored(name.substring(0, dash), hash, algorithm, object, bytes));
            }
        }
        return Optional.empty();
    }

    private String folder(String file) {
        return file.endsWith(".history") ? root : root + "/" + file.substring(0, 16);
    }

    /** All files of the archive in order of name; lazy. Close the stream. */
    public Stream<Stored> list() {
        return storage.list(root).flatMap(info -> stored(info.name(), info.sizeBytes()).stream());
    }

    /** Whether a segment is there. */
    public boolean has(SegmentName segment) {
        return find(segment.toString()).isPresent();
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
        ObjectReader reader = storage.open(stored.object())
                .orElseThrow(() -> new PgkeepException(ErrorCode.DAMAGED, location(stored) + " is missing"));
        Xxh3.Stream128 hash = Xxh3.stream128();
        byte[] buffer = new byte[1 << 18];
        long total = 0;
        try (reader;
                InputStream content = open(stored, reader)) {
            for (int n = read(stored, content, buffer); n >= 0; n = read(stored, content, buffer)) {
                hash.put(buffer, 0, n);
                target.write(buffer, 0, n);
                total += n;
            }
        }
        if (!hash.hex().equals(stored.hash())) {
            throw damaged(stored, "has another content than its name says");
        }
        return total;
    }

    private InputStream open(Stored stored, ObjectReader reader) {
        try {
            return StreamCodec.expanding(new ObjectStreams.Input(reader), stored.algorithm());
        } catch (IOException e) {
            throw damaged(stored, "cannot be expanded").causedBy(e);
        }
    }

    private int read(Stored stored, InputStream content, byte[] buffer) {
        try {
            return content.read(buffer);
        } catch (IOException e) {
            throw damaged(stored, "cannot be expanded: " + e.getMessage()).causedBy(e);
        }
    }

    private PgkeepException damaged(Stored stored, String how) {
        return new PgkeepException(
                ErrorCode.DAMAGED,
                location(stored) + " " + how,
                "If PostgreSQL still has " + stored.file() + ", remove the damaged object and archive it again.");
    }
}
