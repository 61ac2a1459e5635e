package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.pgkeep.postgres.FileKind;
import org.pgkeep.repository.proto.EntryProto;
import org.pgkeep.repository.proto.ExtentProto;

/** Against the classes that protoc generated from {@code manifest.proto}. */
final class EntryBytesTest {
    private static final int SOURCES = 300;

    @Property(tries = 500)
    void anEntryIsWrittenAsTheGeneratedClassWritesIt(@ForAll long seed) throws IOException {
        Entry entry = entry(new Random(seed));
        byte[] written = EntryWriter.bytes(entry);
        assertThat(written).isEqualTo(proto(entry).toByteArray());
        assertThat(EntryReader.read(CodedInputStream.newInstance(written), SOURCES, "m"))
                .isEqualTo(entry);
    }

    /** A later version may write more than this one knows. */
    @Property(tries = 100)
    void unknownFieldsAreLeftOut(@ForAll long seed) throws IOException {
        Entry entry = entry(new Random(seed));
        ByteString more = proto(entry)
                .toByteString()
                .concat(ByteString.fromHex("f80101")) // field 31: 1
                .concat(ByteString.fromHex("fa010161")) // field 31: "a"
                .concat(ByteString.fromHex("50ac02")); // field 10, but a number
        assertThat(EntryReader.read(more.newCodedInput(), SOURCES, "m")).isEqualTo(entry);
    }

    @Test
    void halfAGroupsHashIsRefused() {
        assertThatThrownBy(() -> EntryReader.read(
                        CodedInputStream.newInstance(new byte[] {13 << 3 | 2, 4, 1, 2, 3, 4}), SOURCES, "m"))
                .isInstanceOf(IOException.class);
    }

    private static Entry entry(Random random) {
        PathName path = PathName.of(bytes(random));
        Attributes attributes = new Attributes(
                random.nextInt(512),
                random.nextBoolean() ? "postgres" : "",
                random.nextBoolean() ? "größe" : "",
                Instant.EPOCH.plusNanos(1000 * (random.nextLong() >> random.nextInt(12, 60))));
        return switch (random.nextInt(4)) {
            case 0 -> new Entry.OfDirectory(path, attributes);
            case 1 -> new Entry.OfLink(path, attributes, PathName.of(bytes(random)));
            default -> file(random, path, attributes);
        };
    }

    private static Entry file(Random random, PathName path, Attributes attributes) {
        List<Extent> extents = new ArrayList<>();
        long blocks = 0;
        for (int i = random.nextInt(random.nextBoolean() ? 4 : 400); i > 0; i--) {
            Extent extent = extent(random);
            extents.add(extent);
            blocks += extent.blocks();
        }
        long size = Math.max(0, blocks * Blocks.BYTES - random.nextInt(Blocks.BYTES));
        long[] groups = random.longs(GroupHashes.countFor(size)).toArray();
        long hash = groups.length > 0 ? GroupHashes.ofFile(size, groups) : random.nextBoolean() ? 0 : random.nextLong();
        return new Entry.OfFile(
                path,
                attributes,
                FileKind.ofCode(1 + random.nextInt(5)).orElseThrow(),
                size,
                hash,
                GroupHashes.kept(groups),
                extents,
                random.longs(random.nextInt(3), 0, Long.MAX_VALUE).boxed().toList(),
                random.nextBoolean() ? Optional.empty() : Optional.of(PathName.of(bytes(random))));
    }

    private static Extent extent(Random random) {
        if (random.nextInt(4) == 0) {
            return Extent.zero(1 + random.nextInt(10_000));
        }
        int first = random.nextInt(Blocks.PER_GROUP);
        return new Extent(
                1 + random.nextInt(Blocks.PER_GROUP - first),
                1 + random.nextInt(SOURCES),
                1 + (random.nextInt(1 << 20) >> random.nextInt(20)),
                random.nextInt(64),
                first);
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[1 + random.nextInt(40)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static EntryProto proto(Entry entry) {
        Instant modified = entry.attributes().modified();
        EntryProto.Builder proto = EntryProto.newBuilder()
                .setPath(ByteString.copyFrom(entry.path().bytes()))
                .setMode(entry.attributes().mode())
                .setOwner(entry.attributes().owner())
                .setGroup(entry.attributes().group())
                .setModifiedMicros(modified.getEpochSecond() * 1_000_000 + modified.getNano() / 1000);
        switch (entry) {
            case Entry.OfDirectory _ -> proto.setType(2);
            case Entry.OfLink link ->
                proto.setType(3).setLinkTarget(ByteString.copyFrom(link.target().bytes()));
            case Entry.OfFile file -> {
                proto.setType(1)
                        .setKind(file.kind().code())
                        .setSize(file.sizeBytes())
                        .setHash(file.hash())
                        .addAllBadBlocks(file.badBlocks());
                file.link().ifPresent(link -> proto.setLinkTarget(ByteString.copyFrom(link.bytes())));
                for (Extent extent : file.extents()) {
                    proto.addExtents(ExtentProto.newBuilder()
                            .setBlocks(extent.blocks())
                            .setSource(extent.source())
                            .setPack(extent.pack())
                            .setFrame(extent.frame())
                            .setFirstBlock(extent.firstBlock()));
                }
                for (int i = 0; i < file.groups().count(); i++) {
                    proto.addGroupHashes(file.groups().get(i));
                }
            }
        }
        return proto.build();
    }
}
