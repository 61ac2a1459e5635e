package org.pgkeep.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Optional;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.FileKind;
import org.pgkeep.postgres.PageCheck;
import org.pgkeep.postgres.PageVerdict;
import org.pgkeep.postgres.RelationFile;

/**
 * Checks the pages of what was just read. A page that fails is read again after a moment: other bytes mean that the server was
 * writing it, and its whole image is in the WAL that the backup needs; the same bytes mean corruption. For one thread.
 */
final class PageProof {
    private static final int SETTLE_MILLIS = 20;

    private final PageCheck check;
    private final int pageBytes;
    private final int segmentPages;

    PageProof(ControlFile control) {
        this.check = PageCheck.of(control);
        this.pageBytes = control.layout().blockBytes();
        this.segmentPages = control.layout().segmentBlocks();
    }

    /** How the pages of a file are numbered; empty when the file has none. */
    static Optional<RelationFile> pagesOf(String path) {
        return FileKind.ofPath(path).hasPages() ? RelationFile.parse(path) : Optional.empty();
    }

    /** Hears of corrupt pages. */
    interface Corrupt {
        /**
         * One.
         *
         * @param number in the relation's fork
         * @param at where it begins in the range that was checked, in bytes
         */
        void page(long number, int at);
    }

    /**
     * Checks whole pages in a buffer; pages that had changed are replaced by what they are now.
     *
     * @param fileOffset where in the file the buffer's range begins: a multiple of the page size
     * @param corrupt hears of the pages that stay wrong
     */
    void prove(
            FileChannel channel,
            RelationFile file,
            long fileOffset,
            byte[] buffer,
            int offset,
            int length,
            Corrupt corrupt)
            throws IOException {
        long firstPage = file.firstBlock(segmentPages) + fileOffset / pageBytes;
        boolean settled = false;
        for (int at = 0; at + pageBytes <= length; at += pageBytes) {
            long page = firstPage + at / pageBytes;
            if (isBad(buffer, offset + at, page)) {
                if (!settled) {
                    settle();
                    settled = true;
                }
                if (isUnchanged(channel, fileOffset + at, buffer, offset + at)) {
                    corrupt.page(page, at);
                }
            }
        }
    }

    private boolean isBad(byte[] buffer, int offset, long page) {
        return switch (check.check(buffer, offset, page)) {
            case PageVerdict.Good _ -> false;
            case PageVerdict.BadChecksum _, PageVerdict.BadHeader _ -> true;
        };
    }

    private static void settle() {
        try {
            Thread.sleep(SETTLE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isUnchanged(FileChannel channel, long fileOffset, byte[] buffer, int offset) throws IOException {
        byte[] again = new byte[pageBytes];
        ByteBuffer target = ByteBuffer.wrap(again);
        while (target.hasRemaining() && channel.read(target, fileOffset + target.position()) > 0) {
            // until the page is whole or the file ends
        }
        if (target.hasRemaining()) {
            // The file was truncated below this page: the WAL says so.
            return false;
        }
        boolean same = Arrays.equals(again, 0, pageBytes, buffer, offset, offset + pageBytes);
        System.arraycopy(again, 0, buffer, offset, pageBytes);
        return same;
    }
}
