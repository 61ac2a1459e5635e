package org.pgkeep.restore;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pgkeep.postgres.CrcSum;
import org.pgkeep.repository.Entry;
import org.pgkeep.repository.PathName;

/**
 * The regular files of a backup by ordinal, in the manifest's order: about 45 bytes and its name for each, so that 1,000,000 files
 * fit into 50 MB. Filled by one thread; afterwards workers count pieces down and add up checksums, and nothing else changes.
 */
final class FileTable {
    private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);
    private static final int MODE_BITS = 12;
    private static final int HAS_HOLES = 1 << MODE_BITS;
    private static final int ENDS_IN_HOLE = 2 << MODE_BITS;
    private static final int TRAIT_BITS = MODE_BITS + 2;

    /** What {@code global/pg_control} has behind its name until everything else is durable. */
    private static final String FOR_NOW = ".pgkeep";

    private final List<Directory> directories;
    private final List<Ownership> ownerships = new ArrayList<>();
    private final Map<Ownership, Integer> ownershipNumbers = new LinkedHashMap<>();
    private int count;
    private int control = -1;
    private byte[] names = new byte[1 << 12];
    private int[] nameEnd = new int[256];
    private int[] directory = new int[256];
    private int[] traits = new int[256];
    private int[] pending = new int[256];
    private int[] crc = new int[256];
    private long[] size = new long[256];
    private long[] modifiedMicros = new long[256];
    private long[] hash = new long[256];

    FileTable(List<Directory> directories) {
        this.directories = directories;
    }

    /** Whose a file is, in the words of the backup. Equal as a record is, whose own way is woven at run time: every restore would wait for it. */
    record Ownership(String owner, String group) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Ownership whose && owner.equals(whose.owner) && group.equals(whose.group);
        }

        @Override
        public int hashCode() {
            return owner.hashCode() ^ group.hashCode();
        }
    }

    /** Where nothing is written of a file, because it is zero there. */
    enum Holes {
        NONE,
        WITHIN,
        AT_END
    }

    /**
     * Adds a file.
     *
     * @param directoryNumber of the directory it is in
     * @param name last component of its path
     * @param pieces after how many {@link #pieceDone} it is complete
     */
    int add(int directoryNumber, byte[] name, Entry.OfFile file, int pieces, Holes holes) {
        ensureRoom(name.length);
        int start = count == 0 ? 0 : nameEnd[count - 1];
        System.arraycopy(name, 0, names, start, name.length);
        nameEnd[count] = start + name.length;
        directory[count] = directoryNumber;
        int owner = ownershipNumber(
                new Ownership(file.attributes().owner(), file.attributes().group()));
        int mode = file.attributes().mode() & ((1 << MODE_BITS) - 1);
        traits[count] = owner << TRAIT_BITS | traits(holes) | mode;
        pending[count] = pieces;
        crc[count] = CrcSum.ofZeros(file.sizeBytes());
        size[count] = file.sizeBytes();
        modifiedMicros[count] =
                ChronoUnit.MICROS.between(Instant.EPOCH, file.attributes().modified());
        hash[count] = file.hash();
        return count++;
    }

    private static int traits(Holes holes) {
        return switch (holes) {
            case NONE -> 0;
            case WITHIN -> HAS_HOLES;
            case AT_END -> HAS_HOLES | ENDS_IN_HOLE;
        };
    }

    private int ownershipNumber(Ownership ownership) {
        return ownershipNumbers.computeIfAbsent(ownership, added -> {
            ownerships.add(added);
            return ownerships.size() - 1;
        });
    }

    private void ensureRoom(int nameBytes) {
        if (count == size.length) {
            int grown = count + count / 2;
            nameEnd = Arrays.copyOf(nameEnd, grown);
            directory = Arrays.copyOf(directory, grown);
            traits = Arrays.copyOf(traits, grown);
            pending = Arrays.copyOf(pending, grown);
            crc = Arrays.copyOf(crc, grown);
            size = Arrays.copyOf(size, grown);
            modifiedMicros = Arrays.copyOf(modifiedMicros, grown);
            hash = Arrays.copyOf(hash, grown);
        }
        int used = count == 0 ? 0 : nameEnd[count - 1];
        if (used + nameBytes > names.length) {
            names = Arrays.copyOf(names, used + used / 2 + nameBytes);
        }
    }

    /** What this takes of memory, in bytes. */
    long tableBytes() {
        return names.length + 44L * size.length;
    }

    /** How many there are; ordinals are 0 to one less. */
    int count() {
        return count;
    }

    /** The path in the backup. */
    PathName path(int file) {
        return directories.get(directory[file]).path().child(name(file));
    }

    /** The number of the directory it is in. */
    int directoryOf(int file) {
        return directory[file];
    }

    /** Where it is written: under its own name, but for the control file, without which PostgreSQL does not start. */
    Path location(int file) {
        Path place = place(file);
        return file == control ? place.resolveSibling(place.getFileName() + FOR_NOW) : place;
    }

    /** Where it belongs. */
    Path place(int file) {
        return PathName.pathOf(directories.get(directory[file]).location(), name(file));
    }

    /** Says which file is {@code global/pg_control}. */
    void setControl(int file) {
        control = file;
    }

    /** Ordinal of the control file; negative before it is known. */
    int control() {
        return control;
    }

    /** The last component of its path. */
    byte[] name(int file) {
        return Arrays.copyOfRange(names, file == 0 ? 0 : nameEnd[file - 1], nameEnd[file]);
    }

    /** Length in bytes. */
    long size(int file) {
        return size[file];
    }

    /** Permission bits. */
    int mode(int file) {
        return traits[file] & ((1 << MODE_BITS) - 1);
    }

    Ownership ownership(int file) {
        return ownerships.get(traits[file] >>> TRAIT_BITS);
    }

    /** Whether something of it is not written. */
    boolean hasHoles(int file) {
        return (traits[file] & HAS_HOLES) != 0;
    }

    /** Whether nothing is written at its end, so that its length must be set. */
    boolean endsInHole(int file) {
        return (traits[file] & ENDS_IN_HOLE) != 0;
    }

    Instant modified(int file) {
        return Instant.EPOCH.plus(modifiedMicros[file], ChronoUnit.MICROS);
    }

    /** The file's hash as the manifest has it, see {@link org.pgkeep.repository.Blocks}. */
    long hash(int file) {
        return hash[file];
    }

    /** Adds a piece's share of the checksum; any thread. */
    void addCrc(int file, int share) {
        int _ = (int) INTS.getAndBitwiseXor(crc, file, share);
    }

    /** CRC-32C of the file once all pieces are done. */
    int crc(int file) {
        return (int) INTS.getVolatile(crc, file);
    }

    /** Counts a piece; {@code true} for the one that completes the file. Any thread; what came before it is visible to that one. */
    boolean pieceDone(int file) {
        return (int) INTS.getAndAdd(pending, file, -1) == 1;
    }
}
