package org.pgkeep.repository;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.repository.proto.DatabaseProto;
import org.pgkeep.repository.proto.ManifestHeaderProto;
import org.pgkeep.repository.proto.TablespaceProto;

/** Manifest records to protobuf and back: {@code docs/formats/manifest.md}. */
final class ManifestFormat {
    static final int FORMAT = 1;
    static final int RECORD_BYTES_MAX = 1 << 28;

    /** The field of {@code ManifestRecordProto} that has an entry. */
    static final int ENTRY = 2;

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
}
