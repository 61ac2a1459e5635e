package org.pgkeep.repository;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.FileKind;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.repository.proto.DatabaseProto;
import org.pgkeep.repository.proto.EntryProto;
import org.pgkeep.repository.proto.ExtentProto;
import org.pgkeep.repository.proto.ManifestHeaderProto;
import org.pgkeep.repository.proto.TablespaceProto;

/** Manifest records to protobuf and back: {@code docs/formats/manifest.md}. */
final class ManifestFormat {
    static final int FORMAT = 1;
    static final int RECORD_BYTES_MAX = 1 << 28;
    private static final int FILE = 1;
    private static final int DIRECTORY = 2;
    private static final int LINK = 3;

    private ManifestFormat() {}

    static ManifestHeaderProto proto(ManifestHeader header) {
        ManifestHeaderProto.Builder proto = ManifestHeaderProto.newBuilder()
                .setFormat(FORMAT)
                .setLabel(header.label().value())
                .setSystemIdentifier(header.systemIdentifier())
                .setVersionNumber(header.versionNumber())
                .setStartLsn(header.startLsn().value())
                .setStopLsn(header.stopLsn().value())
                .setStartTimeline(header.startTimeline())
                .setStopTimeline(header.stopTimeline())
                .setBlockBytes(header.blockBytes())
                .setSegmentBytes(header.segmentBytes())
                .setChecksums(header.checksums())
                .putAllOptions(header.options());
        header.base().ifPresent(base -> proto.setBaseLabel(base.value()));
        header.sources().forEach(source -> proto.addSources(source.value()));
        header.databases()
                .forEach(database -> proto.addDatabases(
                        DatabaseProto.newBuilder().setOid((int) database.oid()).setName(database.name())));
        header.tablespaces()
                .forEach(tablespace -> proto.addTablespaces(TablespaceProto.newBuilder()
                        .setOid((int) tablespace.oid())
                        .setName(tablespace.name())
                        .setLocation(tablespace.location().map(PathName::proto).orElse(ByteString.EMPTY))));
        return proto.build();
    }

    static ManifestHeader header(ManifestHeaderProto proto, String location) {
        if (proto.getFormat() > FORMAT) {
            throw new PgkeepException(
                    ErrorCode.TOO_NEW,
                    location + " has format " + proto.getFormat(),
                    "Use a newer pgkeep with this repository.");
        }
        List<Label> sources = new ArrayList<>();
        proto.getSourcesList().forEach(source -> sources.add(label(source, location)));
        List<ManifestHeader.Tablespace> tablespaces = new ArrayList<>();
        for (TablespaceProto tablespace : proto.getTablespacesList()) {
            Optional<PathName> target = Optional.of(tablespace.getLocation())
                    .filter(l -> !l.isEmpty())
                    .map(PathName::of);
            tablespaces.add(new ManifestHeader.Tablespace(
                    Integer.toUnsignedLong(tablespace.getOid()), tablespace.getName(), target));
        }
        List<ManifestHeader.Database> databases = new ArrayList<>();
        proto.getDatabasesList()
                .forEach(database -> databases.add(
                        new ManifestHeader.Database(Integer.toUnsignedLong(database.getOid()), database.getName())));
        return new ManifestHeader(
                label(proto.getLabel(), location),
                Optional.of(proto.getBaseLabel())
                        .filter(base -> !base.isEmpty())
                        .map(base -> label(base, location)),
                sources,
                proto.getSystemIdentifier(),
                proto.getVersionNumber(),
                new Lsn(proto.getStartLsn()),
                new Lsn(proto.getStopLsn()),
                proto.getStartTimeline(),
                proto.getStopTimeline(),
                proto.getBlockBytes(),
                proto.getSegmentBytes(),
                proto.getChecksums(),
                tablespaces,
                databases,
                proto.getOptionsMap());
    }

    private static Label label(String text, String location) {
        return Label.parse(text)
                .orElseThrow(
                        () -> new PgkeepException(ErrorCode.DAMAGED, location + " names '" + text + "' as a backup"));
    }

    static EntryProto proto(Entry entry) {
        Attributes attributes = entry.attributes();
        EntryProto.Builder proto = EntryProto.newBuilder()
                .setPath(entry.path().proto())
                .setMode(attributes.mode())
                .setOwner(attributes.owner())
                .setGroup(attributes.group())
                .setModifiedMicros(ChronoUnit.MICROS.between(Instant.EPOCH, attributes.modified()));
        switch (entry) {
            case Entry.OfDirectory _ -> proto.setType(DIRECTORY);
            case Entry.OfLink link ->
                proto.setType(LINK).setLinkTarget(link.target().proto());
            case Entry.OfFile file -> {
                proto.setType(FILE)
                        .setKind(file.kind().code())
                        .setSize(file.sizeBytes())
                        .setHash(file.hash())
                        .addAllBadBlocks(file.badBlocks());
                file.link().ifPresent(link -> proto.setLinkTarget(link.proto()));
                file.extents().forEach(extent -> proto.addExtents(proto(extent)));
                for (int i = 0; i < file.groups().count(); i++) {
                    proto.addGroupHashes(file.groups().get(i));
                }
            }
        }
        return proto.build();
    }

    private static ExtentProto proto(Extent extent) {
        return ExtentProto.newBuilder()
                .setBlocks(extent.blocks())
                .setSource(extent.source())
                .setPack(extent.pack())
                .setFrame(extent.frame())
                .setFirstBlock(extent.firstBlock())
                .build();
    }

    static Entry entry(EntryProto proto, int sources, String location) {
        PathName path = PathName.of(proto.getPath());
        Attributes attributes = new Attributes(
                proto.getMode(),
                proto.getOwner(),
                proto.getGroup(),
                Instant.EPOCH.plus(proto.getModifiedMicros(), ChronoUnit.MICROS));
        return switch (proto.getType()) {
            case DIRECTORY -> new Entry.OfDirectory(path, attributes);
            case LINK -> new Entry.OfLink(path, attributes, PathName.of(proto.getLinkTarget()));
            case FILE -> file(proto, path, attributes, sources, location);
            default ->
                throw new PgkeepException(
                        ErrorCode.DAMAGED, location + " has " + path + " as entry of unknown type " + proto.getType());
        };
    }

    private static Entry file(EntryProto proto, PathName path, Attributes attributes, int sources, String location) {
        List<Extent> extents = new ArrayList<>(proto.getExtentsCount());
        long blocks = 0;
        for (ExtentProto extent : proto.getExtentsList()) {
            if (!isSound(extent, sources)) {
                throw new PgkeepException(ErrorCode.DAMAGED, location + " has a damaged extent of " + path);
            }
            blocks += extent.getBlocks();
            extents.add(new Extent(
                    extent.getBlocks(),
                    extent.getSource(),
                    extent.getPack(),
                    extent.getFrame(),
                    extent.getFirstBlock()));
        }
        if (proto.getSize() < 0 || blocks != Blocks.count(proto.getSize())) {
            throw new PgkeepException(
                    ErrorCode.DAMAGED,
                    location + " has extents of " + blocks + " blocks for " + path + " of " + proto.getSize()
                            + " bytes");
        }
        return new Entry.OfFile(
                path,
                attributes,
                FileKind.ofCode(proto.getKind())
                        .orElseThrow(() -> new PgkeepException(
                                ErrorCode.DAMAGED, location + " has " + path + " of unknown kind " + proto.getKind())),
                proto.getSize(),
                proto.getHash(),
                groups(proto, path, location),
                extents,
                proto.getBadBlocksList(),
                Optional.of(proto.getLinkTarget())
                        .filter(link -> !link.isEmpty())
                        .map(PathName::of));
    }

    /** Their hash is the file's, so that damage cannot go from backup to backup unseen. */
    private static GroupHashes groups(EntryProto proto, PathName path, String location) {
        long[] hashes = new long[proto.getGroupHashesCount()];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = proto.getGroupHashes(i);
        }
        boolean sound = hashes.length == GroupHashes.countFor(proto.getSize())
                && (hashes.length == 0 || GroupHashes.ofFile(proto.getSize(), hashes) == proto.getHash());
        if (!sound) {
            throw new PgkeepException(ErrorCode.DAMAGED, location + " has wrong hashes of the groups of " + path);
        }
        return GroupHashes.kept(hashes);
    }

    private static boolean isSound(ExtentProto extent, int sources) {
        if (extent.getSource() == 0) {
            return extent.getBlocks() > 0
                    && extent.getPack() == 0
                    && extent.getFrame() == 0
                    && extent.getFirstBlock() == 0;
        }
        return extent.getSource() > 0
                && extent.getSource() <= sources
                && extent.getPack() > 0
                && extent.getFrame() >= 0
                && extent.getFirstBlock() >= 0
                && extent.getBlocks() > 0
                && extent.getBlocks() <= Blocks.PER_GROUP - extent.getFirstBlock();
    }
}
