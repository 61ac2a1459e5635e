package org.pgkeep.postgres;

import java.util.Optional;

/** What a file of a data directory holds, told by its path; the codes are those of the manifest format. */
public enum FileKind {
    /** Pages of a relation. */
    MAIN_FORK(1),
    /** Pages of a free space map, a visibility map, or the initial state of an unlogged relation. */
    OTHER_FORK(2),
    /** Pages of a simple LRU store, such as transaction states: no header, no checksum. */
    SLRU(3),
    /** {@code global/pg_control}. */
    CONTROL(4),
    /** Anything else. */
    OTHER(5);

    private static final String[] SLRU_DIRECTORIES = {
        "pg_xact/",
        "pg_clog/",
        "pg_multixact/offsets/",
        "pg_multixact/members/",
        "pg_commit_ts/",
        "pg_subtrans/",
        "pg_notify/",
        "pg_serial/"
    };

    private final int code;

    FileKind(int code) {
        this.code = code;
    }

    /** The kind with this code. */
    public static Optional<FileKind> ofCode(int code) {
        return code >= 1 && code <= values().length ? Optional.of(values()[code - 1]) : Optional.empty();
    }

    /** The kind of a file, by its path relative to the data directory. */
    public static FileKind ofPath(String path) {
        Optional<RelationFile> relation = RelationFile.parse(path);
        if (relation.isPresent()) {
            return relation.get().fork() == RelationFile.Fork.MAIN ? MAIN_FORK : OTHER_FORK;
        }
        if (path.equals(ControlFile.PATH)) {
            return CONTROL;
        }
        return isSlru(path) ? SLRU : OTHER;
    }

    /** Segments of these stores are named by 4 to 15 hexadecimal digits ({@code SlruFileName}, {@code access/slru.c}). */
    private static boolean isSlru(String path) {
        for (String directory : SLRU_DIRECTORIES) {
            if (path.startsWith(directory)) {
                int digits = path.length() - directory.length();
                return digits >= 4
                        && digits <= 15
                        && path.chars().skip(directory.length()).allMatch(c -> "0123456789ABCDEF".indexOf(c) >= 0);
            }
        }
        return false;
    }

    /** As stored in manifests. */
    public int code() {
        return code;
    }

    /** Whether the file consists of pages with a header, and a checksum if the cluster has them. */
    public boolean hasPages() {
        return switch (this) {
            case MAIN_FORK, OTHER_FORK -> true;
            case SLRU, CONTROL, OTHER -> false;
        };
    }
}
