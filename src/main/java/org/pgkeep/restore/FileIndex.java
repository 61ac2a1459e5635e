package org.pgkeep.restore;

import java.util.Arrays;

/** Finds a file of the table by its directory and name: a hash table of ordinals, 8 to 16 bytes for each file. */
final class FileIndex {
    private static final int NONE = -1;

    private final FileTable files;
    private final int[] slots;

    FileIndex(FileTable files) {
        this.files = files;
        this.slots = new int[Math.max(16, Integer.highestOneBit(Math.max(1, files.count())) * 4)];
        Arrays.fill(slots, NONE);
        for (int file = 0; file < files.count(); file++) {
            int slot = slot(files.directoryOf(file), files.name(file));
            while (slots[slot] != NONE) {
                slot = next(slot);
            }
            slots[slot] = file;
        }
    }

    /** The ordinal of the file with this name in the directory with this number; negative when there is none. */
    int find(int directory, byte[] name) {
        int slot = slot(directory, name);
        while (slots[slot] != NONE) {
            int file = slots[slot];
            if (files.directoryOf(file) == directory && Arrays.equals(files.name(file), name)) {
                return file;
            }
            slot = next(slot);
        }
        return NONE;
    }

    private int slot(int directory, byte[] name) {
        int hash = Arrays.hashCode(name) * 31 + directory;
        // The multiplier spreads names that differ in their last digits.
        return ((hash * 0x9E3779B9) >>> 7) & (slots.length - 1);
    }

    private int next(int slot) {
        return (slot + 1) & (slots.length - 1);
    }
}
