package org.pgkeep.postgres.wal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.WalHeader;

/** Writes down what is told, a line each. */
final class Heard implements WalSink {
    private final List<String> lines = new ArrayList<>();
    private int records;

    @Override
    public void record(long lsn, int resourceManager, int info, int bytes) {
        records++;
    }

    @Override
    public void block(int tablespace, int database, int relation, int fork, int block) {
        lines.add(relation(tablespace, database, relation, fork) + " block " + Integer.toUnsignedString(block));
    }

    @Override
    public void limit(int tablespace, int database, int relation, int fork, int block) {
        lines.add(relation(tablespace, database, relation, fork) + " limit " + Integer.toUnsignedString(block));
    }

    @Override
    public void database(int tablespace, int database) {
        lines.add(Integer.toUnsignedString(tablespace) + "/" + Integer.toUnsignedString(database) + " database");
    }

    @Override
    public void level(int level) {
        lines.add("level " + level);
    }

    private static String relation(int tablespace, int database, int relation, int fork) {
        return Integer.toUnsignedString(tablespace) + "/" + Integer.toUnsignedString(database) + "/"
                + Integer.toUnsignedString(relation) + (fork == 0 ? "" : " fork " + fork);
    }

    /** In the order in which it was told. */
    List<String> lines() {
        return lines;
    }

    /** Each once, sorted; main and init forks alone, no levels: what a summary keeps. */
    Set<String> kept() {
        Set<String> kept = new TreeSet<>(lines);
        kept.removeIf(line -> line.contains("fork 1") || line.contains("fork 2") || line.startsWith("level"));
        return kept;
    }

    int records() {
        return records;
    }

    /** What a reader tells of segments, the first of which has this name. */
    static Heard read(SegmentName first, List<byte[]> segments) {
        Heard heard = new Heard();
        WalHeader facts = WalHeader.parse(segments.getFirst(), "test");
        WalReader reader = new WalReader(facts, first, new Lsn(-1), heard);
        SegmentName name = first;
        for (byte[] segment : segments) {
            if (!name.equals(first)) {
                reader.segment(name);
            }
            for (int at = 0; at < segment.length; at += facts.blockBytes()) {
                reader.page(segment, at);
            }
            name = name.next(facts.segmentBytes());
        }
        return heard;
    }

    /** The summary of a segment. */
    static SegmentSummary summarize(SegmentName name, byte[] segment) {
        SegmentSummarizer summarizer = new SegmentSummarizer(name);
        summarizer.write(segment, 0, segment.length);
        return summarizer.finish();
    }

    /** What the summaries of segments tell, each of which was made without the others. */
    static Heard join(MajorVersion version, SegmentName first, List<byte[]> segments) {
        Heard heard = new Heard();
        SummaryChain chain = new SummaryChain(version, heard);
        SegmentName name = first;
        for (byte[] segment : segments) {
            if (chain.add(summarize(name, segment)).isPresent()) {
                throw new AssertionError("cannot be told from summaries");
            }
            name = name.next(segment.length);
        }
        return heard;
    }
}
