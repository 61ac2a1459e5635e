package org.pgkeep.postgres.wal;

/** Resource managers, whose numbers never changed since 9.6 ({@code access/rmgrlist.h}), and flags of all their records. */
final class Rmgr {
    static final int XLOG = 0;
    static final int XACT = 1;
    static final int SMGR = 2;
    static final int DBASE = 4;
    static final int TBLSPC = 5;

    /** {@code RM_LOGICALMSG_ID}, the last of all versions. */
    static final int LAST = 21;

    /** {@code RM_MIN_CUSTOM_ID}: those of extensions, since 15. */
    static final int CUSTOM_FIRST = 128;

    /** {@code XLR_SPECIAL_REL_UPDATE}: the record changes relation files in a way that its block references do not tell. */
    static final int SPECIAL_RELATION_UPDATE = 0x01;

    /** The part of {@code xl_info} that is the manager's own. */
    static final int OWN_INFO = 0xF0;

    /** {@code XLOG_SWITCH} of {@link #XLOG}: the rest of the segment is unused. */
    static final int XLOG_SWITCH = 0x40;

    private Rmgr() {}
}
