package org.pgkeep.restore;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.repository.Attributes;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Entry;
import org.pgkeep.repository.Extent;
import org.pgkeep.repository.ManifestHeader;
import org.pgkeep.repository.ManifestReader;
import org.pgkeep.repository.PathName;

/**
 * All that is to be done, from one pass over the manifest, before anything is touched: directories in the order in which they can
 * be made, the table of files, links to files, and the pieces in order.
 */
final class Plan implements AutoCloseable {
    private static final PathName ROOT = PathName.of("");
    private static final PathName CONTROL = PathName.of(ControlFile.PATH);

    /** Of a directory that the manifest does not describe. */
    private static final Attributes UNKNOWN = new Attributes(0700, "", "", Instant.EPOCH);

    private final ManifestHeader header;
    private final Path target;
    private final Placement placement;
    private final List<Directory> directories = new ArrayList<>();
    private final Map<PathName, Integer> directoryNumbers = new HashMap<>();
    private final FileTable files = new FileTable(directories);
    private final Map<Integer, Directory.Link> fileLinks = new LinkedHashMap<>();
    private final List<KeptLink> keptLinks = new ArrayList<>();
    private final Pieces pieces;
    private final boolean comparesZeros;
    private long bytes;
    private long storedBytes;

    private Plan(ManifestHeader header, RestoreRequest request) {
        this.header = header;
        this.target = request.target();
        this.placement = new Placement(target, request.relocation(), header.tablespaces());
        this.comparesZeros = request.delta() != Delta.OFF;
        this.pieces = new Pieces(
                header.sources(),
                Filling.workers(request.jobs()),
                Runtime.getRuntime().maxMemory(),
                request.tmp());
    }

    /**
     * Reads the manifest.
     *
     * @throws PgkeepException {@code DAMAGED} when it is not what was committed, {@code USAGE} when something is to be mapped
     *     that it does not have
     */
    static Plan read(ClusterStore cluster, BackupRecord backup, RestoreRequest request) {
        cluster.scrubManifest(backup);
        try (ManifestReader manifest = cluster.manifest(backup.label())) {
            Plan plan = new Plan(manifest.header(), request);
            try {
                plan.readEntries(manifest, MajorVersion.ofText(backup.majorVersion()));
                return plan;
            } catch (RuntimeException e) {
                plan.close();
                throw e;
            }
        }
    }

    private void readEntries(ManifestReader manifest, Optional<MajorVersion> version) {
        Optional<Entry> next = manifest.next();
        while (next.isPresent()) {
            Entry entry = next.get();
            next = manifest.next();
            boolean isAlone = next.map(following -> !following.path().isAtOrBelow(entry.path()))
                    .orElse(true);
            add(entry, isAlone);
        }
        if (files.control() < 0) {
            throw damaged("has no " + ControlFile.PATH);
        }
        describeRoot();
        String wal = version.map(MajorVersion::walDirectory).orElse("pg_wal");
        int _ = directoryNumber(PathName.of(wal + "/archive_status"));
        placement.assertAllMet();
        pieces.complete(files.tableBytes());
    }

    /** PostgreSQL wants 0700 or 0750 for the data directory, and made its files accordingly ({@code data_directory_mode}). */
    private void describeRoot() {
        Directory root = directories.getFirst();
        if (root.attributes().owner().isEmpty()) {
            int mode = (files.mode(files.control()) & 0040) == 0 ? 0700 : 0750;
            FileTable.Ownership ownership = files.ownership(files.control());
            Attributes attributes =
                    new Attributes(mode, ownership.owner(), ownership.group(), files.modified(files.control()));
            directories.set(0, new Directory(root.path(), attributes, root.location(), root.link()));
        }
    }

    private void add(Entry entry, boolean isAlone) {
        if (!isSafe(entry.path())) {
            throw damaged("has the path '" + entry.path() + "', which leads out of the data directory");
        }
        switch (entry) {
            case Entry.OfDirectory(var path, var attributes) ->
                addDirectory(path, attributes, path.equals(ROOT) ? Optional.empty() : placement.ofPlain(path));
            case Entry.OfLink link when isAlone && placement.isKept(link) -> keep(link);
            case Entry.OfLink(var path, var attributes, var oldTarget) ->
                addDirectory(path, attributes, placement.ofLink(path, oldTarget));
            case Entry.OfFile file -> addFile(file);
        }
    }

    private void keep(Entry.OfLink link) {
        int _ = directoryNumber(parent(link.path()));
        Attributes attributes = link.attributes();
        keptLinks.add(new KeptLink(
                link.path().under(target),
                PathName.pathOf(Path.of(""), link.target().bytes()),
                new FileTable.Ownership(attributes.owner(), attributes.group())));
    }

    /** Component by component: a damaged or forged manifest must not write elsewhere. */
    private static boolean isSafe(PathName path) {
        if (path.equals(ROOT)) {
            return true;
        }
        for (String component : path.latin1().split("/", -1)) {
            if (component.isEmpty() || component.equals(".") || component.equals("..")) {
                return false;
            }
        }
        return true;
    }

    private void addDirectory(PathName path, Attributes attributes, Optional<Directory.Link> link) {
        int _ = path.equals(ROOT) ? 0 : directoryNumber(parent(path));
        directoryNumbers.put(path, directories.size());
        directories.add(new Directory(path, attributes, path.equals(ROOT) ? target : path.under(target), link));
    }

    /** The number of a directory, which is added if the manifest did not have it. */
    private int directoryNumber(PathName path) {
        Integer known = directoryNumbers.get(path);
        if (known != null) {
            return known;
        }
        addDirectory(
                path, directories.isEmpty() ? UNKNOWN : directories.getFirst().attributes(), Optional.empty());
        return directories.size() - 1;
    }

    /** The number of the directory with this path. */
    Optional<Integer> directoryAt(PathName path) {
        return Optional.ofNullable(directoryNumbers.get(path));
    }

    private static PathName parent(PathName path) {
        byte[] bytes = path.bytes();
        int slash = lastSlash(bytes);
        return slash < 0 ? ROOT : PathName.of(Arrays.copyOf(bytes, slash));
    }

    private static int lastSlash(byte[] bytes) {
        int at = bytes.length - 1;
        while (at >= 0 && bytes[at] != '/') {
            at--;
        }
        return at;
    }

    private void addFile(Entry.OfFile file) {
        byte[] whole = file.path().bytes();
        byte[] name = Arrays.copyOfRange(whole, lastSlash(whole) + 1, whole.length);
        int count = 0;
        for (Extent extent : file.extents()) {
            count += extent.isZero() ? zeroPieces(extent) : 1;
        }
        int number = files.add(directoryNumber(parent(file.path())), name, file, Math.max(count, 1), holes(file));
        placement.ofFile(file).ifPresent(link -> fileLinks.put(number, link));
        if (file.path().equals(CONTROL)) {
            files.setControl(number);
        }
        bytes += file.sizeBytes();
        addPieces(number, file);
        if (count == 0) {
            pieces.addEmpty(number);
        }
    }

    private static FileTable.Holes holes(Entry.OfFile file) {
        FileTable.Holes holes = file.sizeBytes() == 0 ? FileTable.Holes.NONE : FileTable.Holes.AT_END;
        boolean any = false;
        for (Extent extent : file.extents()) {
            any |= extent.isZero();
            holes = any ? FileTable.Holes.WITHIN : FileTable.Holes.NONE;
            holes = extent.isZero() ? FileTable.Holes.AT_END : holes;
        }
        return holes;
    }

    /** Into an empty directory, zeros are holes and nothing is to be done; elsewhere something may stand there. */
    private int zeroPieces(Extent extent) {
        return comparesZeros ? Math.ceilDiv(extent.blocks(), Blocks.PER_GROUP) : 0;
    }

    private void addZeros(int number, Extent extent, long firstBlock) {
        int pieceCount = zeroPieces(extent);
        for (int i = 0; i < pieceCount; i++) {
            int from = i * Blocks.PER_GROUP;
            pieces.addZeros(number, firstBlock + from, Math.min(Blocks.PER_GROUP, extent.blocks() - from));
        }
    }

    private void addPieces(int number, Entry.OfFile file) {
        long block = 0;
        for (Extent extent : file.extents()) {
            if (!extent.isZero()) {
                assertSound(file, extent);
                pieces.add(number, extent, block);
                storedBytes += Math.min((long) extent.blocks() * Blocks.BYTES, file.sizeBytes() - block * Blocks.BYTES);
            } else {
                addZeros(number, extent, block);
            }
            block += extent.blocks();
        }
    }

    private void assertSound(Entry.OfFile file, Extent extent) {
        boolean sound = extent.source() <= Piece.SOURCES_MAX
                && extent.pack() > 0
                && extent.pack() <= Piece.PACKS_MAX
                && extent.frame() >= 0
                && extent.frame() <= Piece.FRAMES_MAX
                && extent.firstBlock() >= 0
                && extent.firstBlock() + extent.blocks() <= Blocks.PER_GROUP;
        if (!sound) {
            throw damaged("has an impossible extent of " + file.path());
        }
    }

    private PgkeepException damaged(String how) {
        return new PgkeepException(
                ErrorCode.DAMAGED,
                "the manifest of backup " + header.label() + " " + how,
                "Run 'pgkeep verify' to see which backups are affected.");
    }

    ManifestHeader header() {
        return header;
    }

    /** Parents before their children; the data directory first. */
    List<Directory> directories() {
        return directories;
    }

    FileTable files() {
        return files;
    }

    /** Links to files, by the ordinal of the file that is written through it. */
    Map<Integer, Directory.Link> fileLinks() {
        return fileLinks;
    }

    /** Links that are made as they were. */
    List<KeptLink> keptLinks() {
        return keptLinks;
    }

    Pieces pieces() {
        return pieces;
    }

    /** Sum of the files' sizes. */
    long bytes() {
        return bytes;
    }

    /** Bytes to be written: the same without blocks of zeros. */
    long storedBytes() {
        return storedBytes;
    }

    @Override
    public void close() {
        pieces.close();
    }
}
