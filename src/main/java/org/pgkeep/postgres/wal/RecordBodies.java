package org.pgkeep.postgres.wal;

import org.pgkeep.postgres.MajorVersion;

/**
 * Main data of the records that change files in a way that their block references do not tell, or the level of WAL. What is relevant
 * is what PostgreSQL 17's own summarizer takes for relevant ({@code postmaster/walsummarizer.c}); kinds of records that a version does
 * not have are errors.
 */
final class RecordBodies {
    private static final int CHECKPOINT_SHUTDOWN = 0x00;
    private static final int PARAMETER_CHANGE = 0x60;
    private static final int END_OF_RECOVERY = 0x90;
    private static final int FPI_MULTI = 0xC0;
    private static final int CHECKPOINT_REDO = 0xE0;
    private static final int XLOG_NONE = 0xF0;

    private static final int SMGR_CREATE = 0x10;
    private static final int SMGR_TRUNCATE = 0x20;

    private static final int TBLSPC_DROP = 0x10;

    private static final int XACT_KIND = 0x70;
    private static final int XACT_HAS_INFO = 0x80;
    private static final int XACT_COMMIT = 0x00;
    private static final int XACT_ABORT = 0x20;
    private static final int XACT_COMMIT_PREPARED = 0x30;
    private static final int XACT_ABORT_PREPARED = 0x40;
    private static final int XACT_INVALIDATIONS = 0x60;
    private static final int XACT_NONE = 0x70;

    private static final int HAS_DATABASE = 1;
    private static final int HAS_SUBTRANSACTIONS = 1 << 1;
    private static final int HAS_RELATIONS = 1 << 2;

    private static final int FORKS = 4;
    private static final int MAIN = 0;
    private static final int FSM = 1;
    private static final int VM = 2;

    private final MajorVersion version;
    private final WalSink sink;
    private final Place place;

    // The main data at hand, and how far it is read.
    private byte[] bytes = new byte[0];
    private int at;
    private int end;
    private int known;

    RecordBodies(MajorVersion version, WalSink sink, Place place) {
        this.version = version;
        this.sink = sink;
        this.place = place;
    }

    /** Whether the main data of such records is looked at. */
    static boolean matters(int manager) {
        return switch (manager) {
            case Rmgr.XLOG, Rmgr.XACT, Rmgr.SMGR, Rmgr.DBASE, Rmgr.TBLSPC -> true;
            default -> false;
        };
    }

    /** Whether all records of this manager that change files in a way of their own are known. */
    static boolean isKnownSpecial(int manager) {
        return manager == Rmgr.XACT || manager == Rmgr.SMGR || manager == Rmgr.DBASE;
    }

    /** Whether a record that is cut in two is kept whole, since its main data may be long and is looked at. */
    static boolean isKept(int manager) {
        return manager == Rmgr.XACT || manager == Rmgr.SMGR || manager == Rmgr.DBASE;
    }

    /**
     * Tells what a record's main data tells.
     *
     * @param start of the main data
     * @param length of the main data
     * @param limit where the bytes that are there end
     * @return false when what matters lies behind the limit
     */
    boolean tell(int manager, int info, byte[] content, int start, int length, int limit) {
        bytes = content;
        at = start;
        end = start + length;
        known = limit;
        int kind = info & Rmgr.OWN_INFO;
        return switch (manager) {
            case Rmgr.XLOG -> xlog(kind);
            case Rmgr.XACT -> transaction(info);
            case Rmgr.SMGR -> storage(kind);
            case Rmgr.DBASE -> database(kind);
            default -> tablespace(kind);
        };
    }

    /** {@code catalog/pg_control.h}, {@code access/xlog_internal.h}. */
    private boolean xlog(int kind) {
        boolean tellsLevel = version.isAtLeast(MajorVersion.V17);
        return switch (kind) {
            // CheckPoint.wal_level
            case CHECKPOINT_SHUTDOWN -> !tellsLevel || level(20);
            case CHECKPOINT_REDO -> tellsLevel ? level(0) : unknown(kind);
            case END_OF_RECOVERY -> !tellsLevel || level(16);
            // xl_parameter_change got max_wal_senders before it in 12.
            case PARAMETER_CHANGE -> level(version.isAtLeast(MajorVersion.V12) ? 20 : 16);
            // Later minor releases of the older versions have it, for pages that are registered blocks.
            case FPI_MULTI -> !version.isAtLeast(MajorVersion.V12) || unknown(kind);
            case XLOG_NONE -> unknown(kind);
            default -> true;
        };
    }

    private boolean level(int offset) {
        if (!has(offset + 4)) {
            return false;
        }
        sink.level(LittleEndian.int32(bytes, at + offset));
        return true;
    }

    /** {@code catalog/storage_xlog.h}. */
    private boolean storage(int kind) {
        switch (kind) {
            case SMGR_CREATE -> {
                if (!has(16)) {
                    return false;
                }
                limit(at, int32(12), 0);
            }
            case SMGR_TRUNCATE -> {
                if (!has(20)) {
                    return false;
                }
                truncate(int32(0), int32(16));
            }
            default -> unknown(kind);
        }
        return true;
    }

    private void truncate(int block, int flags) {
        if ((flags & 1) != 0) {
            limit(at + 4, MAIN, block);
        }
        if ((flags & 2) != 0) {
            limit(at + 4, VM, block);
        }
        if ((flags & 4) != 0) {
            limit(at + 4, FSM, block);
        }
    }

    /** {@code commands/dbcommands_xlog.h}: since 15 there are two kinds of creation, since 13 one drop for all tablespaces. */
    private boolean database(int kind) {
        boolean twoStrategies = version.isAtLeast(MajorVersion.V15);
        int drop = twoStrategies ? 0x20 : 0x10;
        if (kind > drop) {
            return unknown(kind);
        }
        boolean many = kind == drop && version.isAtLeast(MajorVersion.V13);
        if (!has(8)) {
            return false;
        }
        if (!many) {
            sink.database(int32(4), int32(0));
            return true;
        }
        int count = count(int32(4), 4, 8);
        if (!has(8 + 4 * count)) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            sink.database(int32(8 + 4 * i), int32(0));
        }
        return true;
    }

    /** {@code commands/tablespace.h}: directories come and go, files only with their relations and databases. */
    private boolean tablespace(int kind) {
        return kind <= TBLSPC_DROP || unknown(kind);
    }

    /** {@code access/xact.h}: the time; of all optional parts the relations are the third; what follows is of no interest. */
    private boolean transaction(int info) {
        int kind = info & XACT_KIND;
        if (kind == XACT_NONE || (kind == XACT_INVALIDATIONS && !version.isAtLeast(MajorVersion.V14))) {
            return unknown(kind);
        }
        boolean ends = kind == XACT_COMMIT
                || kind == XACT_ABORT
                || kind == XACT_COMMIT_PREPARED
                || kind == XACT_ABORT_PREPARED;
        if (!ends) {
            return true;
        }
        boolean isTold = (info & XACT_HAS_INFO) != 0;
        if (!has(isTold ? 12 : 8)) {
            return false;
        }
        sink.ended(LittleEndian.int64(bytes, at));
        if (!isTold) {
            return true;
        }
        int parts = int32(8);
        at += 12;
        if ((parts & HAS_RELATIONS) == 0) {
            return true;
        }
        if ((parts & HAS_DATABASE) != 0) {
            at += 8;
        }
        return ((parts & HAS_SUBTRANSACTIONS) == 0 || skipSubtransactions()) && relations();
    }

    private boolean skipSubtransactions() {
        if (!has(4)) {
            return false;
        }
        at += 4 + 4 * count(int32(0), 4, 4);
        return true;
    }

    private boolean relations() {
        if (!has(4)) {
            return false;
        }
        int count = count(int32(0), 12, 4);
        if (!has(4 + 12 * count)) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            for (int fork = MAIN; fork < FORKS; fork++) {
                limit(at + 4 + 12 * i, fork, 0);
            }
        }
        return true;
    }

    private void limit(int relationAt, int fork, int block) {
        sink.limit(
                LittleEndian.int32(bytes, relationAt),
                LittleEndian.int32(bytes, relationAt + 4),
                LittleEndian.int32(bytes, relationAt + 8),
                fork,
                block);
    }

    private int int32(int offset) {
        return LittleEndian.int32(bytes, at + offset);
    }

    /** Whether so many bytes of main data are there; they must at least be in the record. */
    private boolean has(int count) {
        if (end - at < count) {
            throw place.damaged("the main data of a record ends after " + (end - at) + " bytes, before " + count);
        }
        return known - at >= count;
    }

    /** A number of things that must fit into the main data. */
    private int count(int number, int bytesEach, int offset) {
        if (number < 0 || number > (end - at - offset) / bytesEach) {
            throw place.damaged("the main data of a record tells of " + Integer.toUnsignedString(number) + " items");
        }
        return number;
    }

    private boolean unknown(int kind) {
        throw place.damaged("a record of unknown kind %02X".formatted(kind));
    }
}
