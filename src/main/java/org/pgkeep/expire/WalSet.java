package org.pgkeep.expire;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.pgkeep.postgres.SegmentName;

/** The segments of some ranges, which do not overlap; asked a million times. */
final class WalSet {
    private final NavigableMap<SegmentName, Plan.WalFate> byFirst = new TreeMap<>();

    WalSet(List<Plan.WalFate> ranges) {
        ranges.forEach(range -> byFirst.put(range.first(), range));
    }

    boolean contains(SegmentName segment) {
        Map.Entry<SegmentName, Plan.WalFate> before = byFirst.floorEntry(segment);
        return before != null && before.getValue().holds(segment);
    }
}
