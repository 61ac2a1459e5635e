package org.pgkeep.repository;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.pgkeep.codec.Compression;
import org.pgkeep.postgres.FileKind;

/** Makes an incremental backup in a {@link TinyRepository}: stores the blocks that differ from its base's, and refers to the others. */
public final class TinyChain {
    private final ClusterStore cluster;
    private final BackupWriter writer;
    private final BackupRecord base;
    private final Map<PathName, Entry.OfFile> baseFiles = new TreeMap<>();
    private final List<Label> baseSources;
    private final List<Label> sources = new ArrayList<>();
    private final Map<Label, PackNumbers> references = new TreeMap<>();

    private TinyChain(ClusterStore cluster, BackupWriter writer, BackupRecord base) {
        this.cluster = cluster;
        this.writer = writer;
        this.base = base;
        this.sources.add(writer.label());
        try (ManifestReader manifest = cluster.manifest(base.label())) {
            baseSources = manifest.header().sources();
            for (Optional<Entry> entry = manifest.next(); entry.isPresent(); entry = manifest.next()) {
                if (entry.get() instanceof Entry.OfFile file) {
                    baseFiles.put(file.path(), file);
                }
            }
        }
    }

    /** A backup of these files that was compared with the base. */
    public static BackupRecord backup(
            ClusterStore cluster,
            InstantSource clock,
            BackupType type,
            BackupRecord base,
            boolean online,
            Map<String, byte[]> files) {
        try (BackupWriter writer = cluster.begin(type, TinyRepository.OWNER)) {
            return new TinyChain(cluster, writer, base).run(clock, online, files);
        }
    }

    private BackupRecord run(InstantSource clock, boolean online, Map<String, byte[]> files) {
        Map<PathName, byte[]> sorted = new TreeMap<>();
        files.forEach((path, content) -> sorted.put(PathName.of(path), content));
        List<Entry> entries = new ArrayList<>();
        try (PackAppender appender = writer.appender(Compression.DEFAULT, 1 << 20)) {
            sorted.forEach((path, content) -> entries.add(file(appender, path, content)));
            appender.finish();
        }
        ManifestHeader plain = TinyRepository.header(writer.label());
        try (ManifestWriter manifest = writer.manifest(new ManifestHeader(
                writer.label(),
                Optional.of(base.label()),
                sources,
                plain.systemIdentifier(),
                plain.versionNumber(),
                plain.startLsn(),
                plain.stopLsn(),
                1,
                1,
                8192,
                TinyRepository.SEGMENT_BYTES,
                false,
                List.of(),
                plain.databases(),
                Map.of()))) {
            entries.forEach(manifest::add);
            manifest.finish();
        }
        return writer.commit(record(clock, online, files));
    }

    private Entry.OfFile file(PackAppender appender, PathName path, byte[] content) {
        int blocks = (int) Blocks.count(content.length);
        byte[] padded = Arrays.copyOf(content, blocks * Blocks.BYTES);
        Optional<Entry.OfFile> before = Optional.ofNullable(baseFiles.get(path));
        byte[] old = before.map(_ -> TinyRepository.read(cluster, base.label(), path.toString()))
                .orElse(new byte[0]);
        byte[] oldPadded = Arrays.copyOf(old, (int) Blocks.count(old.length) * Blocks.BYTES);
        List<Extent> extents = new ArrayList<>();
        Consumer<Extent> target = extent -> add(extent, extents);
        long[] groups = new long[GroupHashes.groupsOf(content.length)];
        long[] hashes = new long[blocks];
        for (int block = 0; block < blocks; block++) {
            int at = block * Blocks.BYTES;
            int end = at + Blocks.BYTES;
            hashes[block] = Blocks.isZero(padded, at) ? Blocks.ZERO_HASH : Blocks.hash(padded, at);
            if (before.isPresent() && end <= oldPadded.length && Arrays.equals(padded, at, end, oldPadded, at, end)) {
                target.accept(kept(before.get(), block));
            } else {
                store(appender, path, padded, block, target);
            }
        }
        for (int group = 0; group < groups.length; group++) {
            int from = group * Blocks.PER_GROUP;
            groups[group] = Blocks.groupHash(hashes, from, Math.min(Blocks.PER_GROUP, blocks - from));
        }
        return new Entry.OfFile(
                path,
                TinyRepository.ATTRIBUTES,
                FileKind.ofPath(path.latin1()),
                content.length,
                GroupHashes.ofFile(content.length, groups),
                GroupHashes.kept(groups),
                extents,
                List.of(),
                Optional.empty());
    }

    /** Joins it to the last one where it goes on there. */
    private static void add(Extent extent, List<Extent> extents) {
        Extent last = extents.isEmpty() ? extent : extents.getLast();
        boolean goesOn = !extents.isEmpty()
                && last.equals(new Extent(
                        last.blocks(),
                        extent.source(),
                        extent.pack(),
                        extent.frame(),
                        extent.isZero() ? 0 : extent.firstBlock() - last.blocks()));
        if (goesOn) {
            extents.removeLast();
        }
        extents.add(
                goesOn
                        ? new Extent(
                                last.blocks() + extent.blocks(),
                                last.source(),
                                last.pack(),
                                last.frame(),
                                last.firstBlock())
                        : extent);
    }

    private static void store(
            PackAppender appender, PathName path, byte[] padded, int block, Consumer<Extent> extents) {
        appender.ensureRoom(1);
        System.arraycopy(padded, block * Blocks.BYTES, appender.buffer(), appender.usedBytes(), Blocks.BYTES);
        long[] _ = appender.take(path, block, 1, new PackAppender.Placement() {
            @Override
            public void zero(long firstBlock, int blocks) {
                extents.accept(Extent.zero(blocks));
            }

            @Override
            public void stored(long firstBlock, int blocks, int pack, int frame, int firstInFrame) {
                extents.accept(new Extent(blocks, 1, pack, frame, firstInFrame));
            }
        });
    }

    /** Where the base has this block. */
    private Extent kept(Entry.OfFile before, int block) {
        int at = 0;
        for (Extent extent : before.extents()) {
            if (block < at + extent.blocks()) {
                return extent.isZero() ? Extent.zero(1) : referTo(extent, block - at);
            }
            at += extent.blocks();
        }
        throw new AssertionError("no block " + block + " in " + before.path());
    }

    private Extent referTo(Extent extent, int skip) {
        Label source = baseSources.get(extent.source() - 1);
        references.computeIfAbsent(source, _ -> new PackNumbers()).add(extent.pack());
        if (!sources.contains(source)) {
            sources.add(source);
        }
        return new Extent(1, sources.indexOf(source) + 1, extent.pack(), extent.frame(), extent.firstBlock() + skip);
    }

    private BackupRecord record(InstantSource clock, boolean online, Map<String, byte[]> files) {
        long bytes =
                files.values().stream().mapToLong(content -> content.length).sum();
        BackupRecord plain =
                TinyRepository.record(writer.label(), clock, files.size(), bytes, online, Compression.DEFAULT);
        List<BackupRecord.Reference> named = references.entrySet().stream()
                .map(each -> new BackupRecord.Reference(each.getKey(), each.getValue()))
                .toList();
        return new BackupRecord(
                plain.label(),
                Optional.of(base.label()),
                Optional.empty(),
                BackupRecord.differential(plain.label(), Optional.of(base)),
                Optional.of(new BackupRecord.Comparison("hash", bytes / Blocks.BYTES, 1)),
                Optional.empty(),
                named,
                plain.historyId(),
                plain.systemIdentifier(),
                plain.majorVersion(),
                online ? BackupWal.ARCHIVE : BackupWal.NONE,
                false,
                plain.started(),
                plain.stopped(),
                plain.startLsn(),
                plain.stopLsn(),
                1,
                1,
                plain.segmentBytes(),
                false,
                plain.compression(),
                plain.sizes(),
                plain.manifest(),
                List.of(),
                plain.backupLabelFile(),
                "",
                plain.pgkeepVersion());
    }
}
