package org.pgkeep.postgres.wal;

import java.util.Arrays;
import org.pgkeep.error.PgkeepException;

/**
 * Gathers what the records of a segment change, each block once. Two open hash tables of numbers: relations, and groups of 64 blocks
 * of a relation with one bit for each. A record costs a look-up or two and no object.
 */
final class ChangeTable implements WalSink {
    /** Far more than a segment of 16 MiB can hold; it is a segment of 1 GiB that could. 16 MiB of memory. */
    private static final int GROUPS_MAX = 1 << 19;

    private static final int RELATIONS_MAX = 1 << 18;

    private static final int MAIN = 0;
    private static final int INIT = 3;
    private static final int NO_LIMIT = -1;
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private final Place place;
    private long lastEnded = Long.MIN_VALUE;

    // Relations in the order in which they came: tablespace << 32 | database; relation << 32 | fork.
    private long[] places = new long[64];
    private long[] nodes = new long[64];
    private int[] limits = new int[64];
    private int relations;
    private int[] relationSlots = new int[128];
    private int lastRelation = -1;

    // Groups: (relation's index + 1) << 32 | block / 64; bits.
    private long[] keys = new long[1 << 12];
    private long[] bits = new long[1 << 12];
    private int groups;

    private boolean minimal;
    private boolean levelTold;

    ChangeTable(Place place) {
        this.place = place;
    }

    @Override
    public void ended(long time) {
        lastEnded = Math.max(lastEnded, time);
    }

    /** The latest that was heard; {@link Long#MIN_VALUE} when no transaction ended. */
    long lastEnded() {
        return lastEnded;
    }

    @Override
    public void block(int tablespace, int database, int relation, int fork, int block) {
        if (fork == MAIN || fork == INIT) {
            long owner = relation(tablespace, database, relation, fork) + 1L;
            add((owner << 32) | (block >>> 6), 1L << block);
        }
    }

    @Override
    public void limit(int tablespace, int database, int relation, int fork, int block) {
        if (fork == MAIN || fork == INIT) {
            int index = relation(tablespace, database, relation, fork);
            // NO_LIMIT is the greatest of all, unsigned, and InvalidBlockNumber.
            if (Integer.compareUnsigned(block, limits[index]) < 0) {
                limits[index] = block;
            }
        }
    }

    @Override
    public void database(int tablespace, int database) {
        limit(tablespace, database, 0, MAIN, 0);
    }

    @Override
    public void level(int level) {
        levelTold = true;
        minimal |= level == 0;
    }

    boolean isMinimal() {
        return minimal;
    }

    boolean isLevelTold() {
        return levelTold;
    }

    private int relation(int tablespace, int database, int relation, int fork) {
        long where = ((long) tablespace << 32) | Integer.toUnsignedLong(database);
        long node = ((long) relation << 32) | fork;
        // Changes of one relation come together more often than not.
        if (lastRelation >= 0 && nodes[lastRelation] == node && places[lastRelation] == where) {
            return lastRelation;
        }
        int mask = relationSlots.length - 1;
        int slot = hash(where ^ (node * MIX)) & mask;
        while (relationSlots[slot] != 0) {
            int index = relationSlots[slot] - 1;
            if (nodes[index] == node && places[index] == where) {
                lastRelation = index;
                return index;
            }
            slot = (slot + 1) & mask;
        }
        relationSlots[slot] = relations + 1;
        return newRelation(where, node);
    }

    private static int hash(long key) {
        long mixed = key * MIX;
        return (int) ((mixed >>> 32) ^ (mixed >>> 48));
    }

    private int newRelation(long where, long node) {
        if (relations == RELATIONS_MAX) {
            throw tooMuch("relations");
        }
        if (relations == places.length) {
            places = Arrays.copyOf(places, 2 * relations);
            nodes = Arrays.copyOf(nodes, 2 * relations);
            limits = Arrays.copyOf(limits, 2 * relations);
        }
        lastRelation = relations;
        places[relations] = where;
        nodes[relations] = node;
        limits[relations] = NO_LIMIT;
        relations++;
        if (2 * relations > relationSlots.length) {
            rehashRelations();
        }
        return lastRelation;
    }

    private void rehashRelations() {
        relationSlots = new int[2 * relationSlots.length];
        int mask = relationSlots.length - 1;
        for (int index = 0; index < relations; index++) {
            int slot = hash(places[index] ^ (nodes[index] * MIX)) & mask;
            while (relationSlots[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            relationSlots[slot] = index + 1;
        }
    }

    private PgkeepException tooMuch(String what) {
        return place.damaged("its records change too many " + what + " to be listed in memory");
    }

    private void add(long key, long bit) {
        int slot = slot(key);
        bits[slot] |= bit;
        if (keys[slot] == 0) {
            keys[slot] = key;
            groups++;
            if (2 * groups > keys.length) {
                grow();
            }
        }
    }

    /** Where a group is, or would be. */
    private int slot(long key) {
        int mask = keys.length - 1;
        int slot = hash(key) & mask;
        while (keys[slot] != key && keys[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        if (groups > GROUPS_MAX) {
            throw tooMuch("blocks");
        }
        long[] oldKeys = keys;
        long[] oldBits = bits;
        keys = new long[2 * oldKeys.length];
        bits = new long[2 * oldKeys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                bits[slot] = oldBits[i];
            }
        }
    }

    /** Everything gathered: relations in the order in which they came, blocks in ascending order. */
    BlockReferences finish() {
        long[] sorted = sortedKeys();
        BlockReferences.Writer writer = new BlockReferences.Writer();
        int from = 0;
        for (int index = 0; index < relations; index++) {
            int to = from;
            while (to < sorted.length && sorted[to] >>> 32 == index + 1) {
                to++;
            }
            write(writer, index, sorted, from, to);
            from = to;
        }
        return writer.finish();
    }

    private long[] sortedKeys() {
        long[] sorted = new long[groups];
        int count = 0;
        for (long key : keys) {
            if (key != 0) {
                sorted[count++] = key;
            }
        }
        Arrays.sort(sorted);
        return sorted;
    }

    private void write(BlockReferences.Writer writer, int index, long[] sorted, int from, int to) {
        writer.put(places[index] >>> 32);
        writer.put(places[index] & 0xFFFF_FFFFL);
        writer.put(nodes[index] >>> 32);
        writer.put(nodes[index] & 0xFF);
        long limit = Integer.toUnsignedLong(limits[index]);
        writer.put(limits[index] == NO_LIMIT ? 0 : limit + 1);
        long count = 0;
        for (int i = from; i < to; i++) {
            count += Long.bitCount(below(limit, sorted[i]));
        }
        writer.put(count);
        long before = -1;
        for (int i = from; i < to; i++) {
            long first = (sorted[i] & 0xFFFF_FFFFL) << 6;
            for (long rest = below(limit, sorted[i]); rest != 0; rest &= rest - 1) {
                long block = first + Long.numberOfTrailingZeros(rest);
                writer.put(block - before - 1);
                before = block;
            }
        }
    }

    /** The bits of a group's blocks before a limit: those behind it are all new. */
    private long below(long limit, long key) {
        long all = bits[slot(key)];
        long room = limit - ((key & 0xFFFF_FFFFL) << 6);
        if (room >= Long.SIZE) {
            return all;
        }
        return room <= 0 ? 0 : all & ((1L << room) - 1);
    }
}
