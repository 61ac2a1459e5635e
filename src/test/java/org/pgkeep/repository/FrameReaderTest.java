package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.proto.FrameProto;
import org.pgkeep.repository.proto.PackIndexProto;
import org.pgkeep.repository.proto.PartProto;

/** Against the classes that protoc generated from {@code pack.proto}. */
final class FrameReaderTest {
    @Property(tries = 300)
    void anIndexIsReadAsTheGeneratedClassReadsIt(@ForAll long seed) {
        PackIndexProto index = index(new Random(seed));
        assertThat(proto(read(index.toByteString(), index))).isEqualTo(index);
    }

    /** A later version may write more than this one knows: of the index, of a frame, of a part. */
    @Test
    void unknownFieldsAreLeftOut() {
        ByteString unknown = ByteString.fromHex("f80101") // field 31: 1
                .concat(ByteString.fromHex("fa010161")); // field 31: "a"
        ByteString part = ByteString.fromHex("0a0161" + "1802").concat(unknown);
        ByteString frame = ByteString.fromHex("0810" + "1005" + "1802" + "2001")
                .concat(field(6, part))
                .concat(ByteString.fromHex("3a10" + "0100000000000000" + "0200000000000000"))
                .concat(unknown);
        Frame read = readOne(field(1, frame).concat(unknown));
        assertThat(read.parts()).containsExactly(new Part(PathName.of("a"), 0, 2));
        assertThat(read.blockHashes()).containsExactly(1, 2);
    }

    private static ByteString field(int number, ByteString content) {
        return ByteString.copyFrom(new byte[] {(byte) (number << 3 | 2), (byte) content.size()})
                .concat(content);
    }

    /** With five stored bytes. */
    private static Frame readOne(ByteString index) {
        return FrameReader.read(index.toByteArray(), "p", PackFormat.HEADER_BYTES + 5)
                .getFirst();
    }

    /** Protocol buffers allow each of them to stand alone. */
    @Test
    void hashesThatAreNotPackedAreRead() {
        ByteString frame = ByteString.fromHex("0810" + "1005" + "1802" + "2001" + "3205" + "0a0161" + "1802"
                + "39" + "0100000000000000"
                + "39" + "0200000000000000");
        Frame read = readOne(field(1, frame));
        assertThat(read.blockHashes()).containsExactly(1, 2);
    }

    @Test
    void anIndexThatContradictsItselfIsRefused() {
        assertRefused("another offset", frame -> frame.setOffset(17));
        assertRefused("no length", FrameProto.Builder::clearStoredBytes);
        assertRefused("a length that is too long", frame -> frame.setStoredBytes(1 << 21));
        assertRefused("a length below zero", frame -> frame.setStoredBytes(-1));
        assertRefused("fewer blocks than parts", frame -> frame.setContentBlocks(1));
        assertRefused("a hash too many", frame -> frame.addBlockHashes(7));
        assertRefused("a hash too few", FrameProto.Builder::clearBlockHashes);
        assertRefused("a part of no blocks", frame -> frame.addParts(PartProto.newBuilder()));
        assertRefused("a block before the first", frame -> frame.setParts(0, part(-1, 2)));
        assertRefused("too many blocks", frame -> {
            frame.setContentBlocks(129).setParts(0, part(0, 129));
            frame.clearBlockHashes();
            for (int i = 0; i < 129; i++) {
                frame.addBlockHashes(i);
            }
        });
        assertRefused(
                "parts without anything else",
                frame -> frame.clearStoredBytes()
                        .clearContentBlocks()
                        .clearForm()
                        .clearStoredHash()
                        .clearBlockHashes());
    }

    private static void assertRefused(String what, Consumer<FrameProto.Builder> change) {
        FrameProto.Builder frame = FrameProto.newBuilder()
                .setOffset(PackFormat.HEADER_BYTES)
                .setStoredBytes(100)
                .setContentBlocks(2)
                .setForm(1)
                .setStoredHash(3)
                .addParts(part(0, 2))
                .addBlockHashes(1)
                .addBlockHashes(2);
        PackIndexProto sound = PackIndexProto.newBuilder().addFrames(frame).build();
        assertThat(read(sound.toByteString(), sound)).hasSize(1);
        change.accept(frame);
        ByteString changed =
                PackIndexProto.newBuilder().addFrames(frame).build().toByteString();
        assertThatThrownBy(() -> read(changed, sound))
                .as(what)
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED))
                .hasMessageContaining("contradicts itself");
    }

    private static PartProto part(long firstBlock, int blocks) {
        return PartProto.newBuilder()
                .setPath(ByteString.copyFromUtf8("base/5/1"))
                .setFirstBlock(firstBlock)
                .setBlocks(blocks)
                .build();
    }

    @Property(tries = 300)
    void noiseIsDamageAndNothingElse(@ForAll byte[] noise) {
        if (noise.length == 0) {
            return;
        }
        assertThatThrownBy(() -> FrameReader.read(noise, "p", PackFormat.HEADER_BYTES + 1))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED));
    }

    private static List<Frame> read(ByteString bytes, PackIndexProto index) {
        long end = PackFormat.HEADER_BYTES
                + index.getFramesList().stream()
                        .mapToLong(FrameProto::getStoredBytes)
                        .sum();
        return FrameReader.read(bytes.toByteArray(), "p", end);
    }

    private static PackIndexProto index(Random random) {
        PackIndexProto.Builder index = PackIndexProto.newBuilder();
        long offset = PackFormat.HEADER_BYTES;
        for (int i = random.nextInt(20); i > 0; i--) {
            FrameProto frame = random.nextInt(5) == 0
                    ? FrameProto.newBuilder().setOffset(offset).build()
                    : frame(random, offset);
            index.addFrames(frame);
            offset += frame.getStoredBytes();
        }
        return index.build();
    }

    private static FrameProto frame(Random random, long offset) {
        List<PartProto> parts = new ArrayList<>();
        int blocks = 0;
        int wanted = 1 + random.nextInt(Blocks.PER_GROUP);
        while (blocks < wanted) {
            int run = 1 + random.nextInt(wanted - blocks);
            parts.add(PartProto.newBuilder()
                    .setPath(ByteString.copyFromUtf8("base/5/" + random.nextInt(3)))
                    .setFirstBlock(random.nextLong() >>> random.nextInt(1, 64))
                    .setBlocks(run)
                    .build());
            blocks += run;
        }
        return FrameProto.newBuilder()
                .setOffset(offset)
                .setStoredBytes(1 + random.nextInt(1 << 20))
                .setContentBlocks(blocks)
                .setForm(random.nextInt(5))
                .setStoredHash(random.nextLong())
                .addAllParts(parts)
                .addAllBlockHashes(random.longs(blocks).boxed().toList())
                .build();
    }

    private static PackIndexProto proto(List<Frame> frames) {
        PackIndexProto.Builder index = PackIndexProto.newBuilder();
        for (Frame frame : frames) {
            FrameProto.Builder proto = FrameProto.newBuilder()
                    .setOffset(frame.offset())
                    .setStoredBytes(frame.storedBytes())
                    .setContentBlocks(frame.contentBlocks())
                    .setForm(frame.form().form())
                    .setStoredHash(frame.storedHash());
            frame.parts()
                    .forEach(part -> proto.addParts(PartProto.newBuilder()
                            .setPath(ByteString.copyFrom(part.path().bytes()))
                            .setFirstBlock(part.firstBlock())
                            .setBlocks(part.blocks())));
            for (long hash : frame.blockHashes()) {
                proto.addBlockHashes(hash);
            }
            index.addFrames(proto);
        }
        return index.build();
    }
}
