package org.pgkeep.repository;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pgkeep.postgres.SegmentName;

/** The segments in one folder of the archive, those of one timeline and 4 GiB of WAL: one bit each. Changes no more once it is read. */
public final class WalFolder {
    /** 4 GiB in segments of 1 MiB, the smallest. */
    private static final int NUMBER_MAX = 4095;

    private final int timeline;
    private final int high;
    private final BitSet segments = new BitSet();
    private final BitSet twice = new BitSet();
    private final BitSet partials = new BitSet();
    private final BitSet dropped = new BitSet();
    private final BitSet damaged = new BitSet();
    private final List<WalPiece> pieces = new ArrayList<>();
    private long storedBytes;
    private int recent;
    private Instant newest = Instant.MIN;

    WalFolder(int timeline, int high) {
        this.timeline = timeline;
        this.high = high;
    }

    /** Notes a file that is stored; one that is no segment of this folder counts for nothing. */
    void add(String name) {
        add(name, 0, Instant.MIN, Instant.MAX);
    }

    /**
     * The same, with how much it takes, and when it was stored.
     *
     * @param since what was stored at or after this counts as recent
     */
    void add(String name, long bytes, Instant stored, Instant since) {
        WalNames.Kind kind = WalNames.kind(name);
        int number = kind == WalNames.Kind.OTHER ? -1 : WalNames.number(name);
        if (number < 0 || number > NUMBER_MAX) {
            return;
        }
        storedBytes += bytes;
        if (kind == WalNames.Kind.PARTIAL) {
            partials.set(number);
        } else if (kind == WalNames.Kind.DROPPED) {
            dropped.set(number);
        } else if (kind == WalNames.Kind.DAMAGED) {
            damaged.set(number);
        } else if (kind == WalNames.Kind.STREAMED) {
            WalPiece.parse(name.substring(0, Math.max(0, name.indexOf('-')))).ifPresent(pieces::add);
        } else if (segments.get(number)) {
            twice.set(number);
        } else {
            segments.set(number);
            recent += stored.isBefore(since) ? 0 : 1;
            newest = stored.isAfter(newest) ? stored : newest;
        }
    }

    /** How many segments were stored recently; 0 when times were not asked for. */
    public int recent() {
        return recent;
    }

    /** When the newest segment was stored; the distant past when times were not asked for, or there is none. */
    public Instant newest() {
        return newest;
    }

    /** The timeline of its segments. */
    public int timeline() {
        return timeline;
    }

    /** The upper 32 bits of their LSNs. */
    public int high() {
        return high;
    }

    /** How many segments there are. */
    public int count() {
        return segments.cardinality();
    }

    /** The first segment at or after this number within the folder; -1 if there is none. */
    public int nextThere(int number) {
        return segments.nextSetBit(number);
    }

    /** The last segment's number within the folder; -1 if there is none. */
    public int lastThere() {
        return segments.length() - 1;
    }

    /** The first number at or after this one of which there is no segment. */
    public int nextMissing(int number) {
        return segments.nextClearBit(number);
    }

    /** The first segment at or after this number that is there and was found damaged; -1 if there is none. */
    public int nextDamaged(int number) {
        int next = damaged.nextSetBit(number);
        while (next >= 0 && !segments.get(next)) {
            next = damaged.nextSetBit(next + 1);
        }
        return next;
    }

    /** The first segment at or after this number that is there and was not found damaged; -1 if there is none. */
    public int nextSound(int number) {
        int next = segments.nextSetBit(number);
        while (next >= 0 && damaged.get(next)) {
            next = segments.nextSetBit(next + 1);
        }
        return next;
    }

    /** The first number at or after this one of which there is no segment, or a damaged one. */
    public int nextUnsound(int number) {
        int next = nextDamaged(number);
        return next < 0 ? nextMissing(number) : Math.min(next, nextMissing(number));
    }

    /** The first segment at or after this number that is stored with two contents; -1 if there is none. */
    public int nextTwice(int number) {
        return twice.nextSetBit(number);
    }

    /** The first partial segment at or after this number; -1 if there is none. */
    public int nextPartial(int number) {
        return partials.nextSetBit(number);
    }

    /** The first segment at or after this number that was given up and never came; -1 if there is none. */
    public int nextDropped(int number) {
        int next = dropped.nextSetBit(number);
        while (next >= 0 && segments.get(next)) {
            next = dropped.nextSetBit(next + 1);
        }
        return next;
    }

    /** How far segments that are not complete were streamed: offsets behind the last byte without a hole, by segment. */
    public SortedMap<SegmentName, Integer> streamed() {
        SortedMap<SegmentName, List<WalPiece>> bySegment = new TreeMap<>();
        pieces.stream()
                .filter(piece -> !segments.get(piece.segment().low()))
                .sorted(WalPiece.IN_ORDER)
                .forEach(piece -> bySegment
                        .computeIfAbsent(piece.segment(), _ -> new ArrayList<>())
                        .add(piece));
        SortedMap<SegmentName, Integer> ends = new TreeMap<>();
        bySegment.forEach((segment, own) -> ends.put(segment, StreamedSegment.endOf(own)));
        return ends;
    }

    /** The segment of this number. */
    public SegmentName segment(int number) {
        return new SegmentName(timeline, high, number);
    }

    /** What the segments take in the store, partial ones included; 0 when sizes were not asked for. */
    public long storedBytes() {
        return storedBytes;
    }
}
