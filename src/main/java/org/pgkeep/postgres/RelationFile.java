package org.pgkeep.postgres;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A file that holds (a segment of) a fork of a relation, known by its path: {@code base/DB/REL}, {@code global/REL},
 * {@code pg_tblspc/SPC/PG_VERSION_CATALOG/DB/REL}; {@code REL} is {@code [tBACKEND_]NODE[_fork][.SEGMENT]}
 * ({@code common/relpath.c}, {@code storage/file/reinit.c}). The grammar is strict: what PostgreSQL cannot have written is
 * no relation file.
 *
 * @param tablespace oid, 1 to 2^32-1; {@link #DEFAULT_TABLESPACE} and {@link #GLOBAL_TABLESPACE} without one of their own
 * @param database oid; 0 for shared relations
 * @param node {@code relfilenode}, 1 to 2^32-1
 * @param segment from 0
 * @param backend of a temporary relation: the backend that owns it
 */
public record RelationFile(long tablespace, long database, long node, Fork fork, int segment, OptionalInt backend) {
    /** {@code pg_default} ({@code catalog/pg_tablespace.dat}). */
    public static final long DEFAULT_TABLESPACE = 1663;

    /** {@code pg_global}. */
    public static final long GLOBAL_TABLESPACE = 1664;

    private static final long OID_MAX = 0xFFFF_FFFFL;

    /** A fork of a relation ({@code common/relpath.h}). */
    public enum Fork {
        /** The relation itself. */
        MAIN(""),
        /** Free space map. */
        FSM("_fsm"),
        /** Visibility map. */
        VM("_vm"),
        /** What an unlogged relation becomes after a crash. */
        INIT("_init");

        private final String suffix;

        Fork(String suffix) {
            this.suffix = suffix;
        }
    }

    /** The relation file at this path relative to the data directory; empty when it is something else. */
    public static Optional<RelationFile> parse(String path) {
        PathReader in = new PathReader(path);
        long tablespace;
        long database = 0;
        if (in.skip("base/")) {
            tablespace = DEFAULT_TABLESPACE;
            database = in.number(OID_MAX);
            in.require("/");
        } else if (in.skip("global/")) {
            tablespace = GLOBAL_TABLESPACE;
        } else if (in.skip("pg_tblspc/")) {
            tablespace = in.number(OID_MAX);
            in.require("/PG_");
            in.versionDirectory();
            in.require("/");
            database = in.number(OID_MAX);
            in.require("/");
        } else {
            return Optional.empty();
        }
        return name(in, tablespace, database);
    }

    private static Optional<RelationFile> name(PathReader in, long tablespace, long database) {
        OptionalInt backend = OptionalInt.empty();
        if (in.skip("t")) {
            backend = OptionalInt.of((int) in.numberOrZero(Integer.MAX_VALUE));
            in.require("_");
        }
        long node = in.number(OID_MAX);
        Fork fork = Fork.MAIN;
        for (Fork candidate : Fork.values()) {
            if (candidate != Fork.MAIN && in.skip(candidate.suffix)) {
                fork = candidate;
                break;
            }
        }
        int segment = in.skip(".") ? (int) in.number(Integer.MAX_VALUE) : 0;
        return in.atEnd()
                ? Optional.of(new RelationFile(tablespace, database, node, fork, segment, backend))
                : Optional.empty();
    }

    /** Whether it belongs to a temporary relation: worthless once its session is gone. */
    public boolean isTemporary() {
        return backend.isPresent();
    }

    /** The number, within the fork, of the file's first block. */
    public long firstBlock(int segmentBlocks) {
        return (long) segment * segmentBlocks;
    }

    /** Whether both are files of one relation, whatever fork and segment. */
    public boolean isSameRelation(RelationFile other) {
        return tablespace == other.tablespace
                && database == other.database
                && node == other.node
                && backend.equals(other.backend);
    }

    /** The file's name without its directory. */
    public String fileName() {
        return (backend.isPresent() ? "t" + backend.getAsInt() + "_" : "")
                + node
                + fork.suffix
                + (segment == 0 ? "" : "." + segment);
    }

    /** Reads a path from left to right; after the first mismatch it is never {@link #atEnd}. */
    private static final class PathReader {
        private final String path;
        private int position;
        private boolean failed;

        PathReader(String path) {
            this.path = path;
        }

        boolean skip(String literal) {
            if (failed || !path.startsWith(literal, position)) {
                return false;
            }
            position += literal.length();
            return true;
        }

        void require(String literal) {
            failed |= !skip(literal);
        }

        /** Decimal digits without leading zero, from 1 to {@code max}. */
        long number(long max) {
            long value = numberOrZero(max);
            failed |= value == 0;
            return value;
        }

        long numberOrZero(long max) {
            int start = position;
            long value = 0;
            while (position < path.length() && isDigit(path.charAt(position)) && position - start < 10) {
                value = value * 10 + (path.charAt(position++) - '0');
            }
            boolean leadingZero = position - start > 1 && path.charAt(start) == '0';
            failed |= position == start || leadingZero || value > max;
            return value;
        }

        /** {@code 9.6_201608131}, {@code 17_202406281}. */
        void versionDirectory() {
            number(99);
            if (skip(".")) {
                numberOrZero(9);
            }
            require("_");
            number(999_999_999);
        }

        boolean atEnd() {
            return !failed && position == path.length();
        }

        private static boolean isDigit(char c) {
            return c >= '0' && c <= '9';
        }
    }
}
