package org.pgkeep.repository;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pgkeep.postgres.SegmentName;

/**
 * {@code ledger.json}: which stored objects of a cluster were found sound, and when ({@code docs/formats/ledger.md}). What it does not
 * know is verified once more, so losing it costs time and nothing else. Thread-safe.
 */
public final class Ledger {
    static final int FORMAT = 1;

    private final SortedMap<Label, SortedMap<Integer, Looks>> packs = new TreeMap<>();
    private final SortedMap<Integer, List<WalRuns.Run>> wal = new TreeMap<>();

    /** The last look at a pack, of whatever depth, and the last deep one. */
    private record Looks(Instant at, Optional<Instant> deep) {
        Optional<Instant> of(Validation.Depth depth) {
            return switch (depth) {
                case SCRUB -> Optional.of(at);
                case DEEP -> deep;
            };
        }
    }

    /** When a pack was found sound last, at least at this depth; empty when that is not known. */
    public synchronized Optional<Instant> look(Label label, int pack, Validation.Depth depth) {
        return Optional.ofNullable(packs.get(label))
                .flatMap(numbers -> Optional.ofNullable(numbers.get(pack)))
                .flatMap(looks -> looks.of(depth));
    }

    /** A pack was found sound. */
    public synchronized void sound(Label label, int pack, Validation.Depth depth, Instant at) {
        SortedMap<Integer, Looks> numbers = packs.computeIfAbsent(label, _ -> new TreeMap<>());
        Optional<Instant> deep = Optional.ofNullable(numbers.get(pack)).flatMap(Looks::deep);
        numbers.put(
                pack,
                switch (depth) {
                    case SCRUB -> new Looks(at, deep);
                    case DEEP -> new Looks(at, Optional.of(at));
                });
    }

    /** A pack was not found sound. */
    public synchronized void forget(Label label, int pack) {
        Optional.ofNullable(packs.get(label)).ifPresent(numbers -> numbers.remove(pack));
    }

    /** Forgets the packs of all other labels: there are none any more. */
    public synchronized void retain(Set<Label> labels) {
        packs.keySet().retainAll(labels);
    }

    /** The segments of a database cluster that were found sound. */
    public synchronized WalRuns wal(int historyId) {
        return new WalRuns(wal.getOrDefault(historyId, List.of()));
    }

    /** From now on these. */
    public synchronized void putWal(int historyId, WalRuns runs) {
        wal.put(historyId, runs.list());
    }

    synchronized byte[] print() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", FORMAT);
        List<Map<String, Object>> packEntries = new ArrayList<>();
        packs.forEach((label, numbers) -> byLooks(numbers).forEach((looks, alike) -> {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("label", label);
            entry.put("packs", alike.print());
            entry.put("at", looks.at);
            looks.deep.ifPresent(deep -> entry.put("deep", deep));
            packEntries.add(entry);
        }));
        fields.put("packs", packEntries);
        fields.put(
                "wal",
                wal.entrySet().stream()
                        .flatMap(each -> each.getValue().stream().map(run -> fields(each.getKey(), run)))
                        .toList());
        return Json.print(fields);
    }

    private static Map<Looks, PackNumbers> byLooks(SortedMap<Integer, Looks> numbers) {
        Map<Looks, PackNumbers> alike = new LinkedHashMap<>();
        numbers.forEach((number, looks) ->
                alike.computeIfAbsent(looks, _ -> new PackNumbers()).add(number));
        return alike;
    }

    private static Map<String, Object> fields(int historyId, WalRuns.Run run) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("history", historyId);
        entry.put("first", run.first());
        entry.put("last", run.last());
        entry.put("at", run.at());
        return entry;
    }

    static Ledger parse(byte[] bytes, String location) {
        Json json = Json.parse(bytes, location, FORMAT);
        Ledger ledger = new Ledger();
        for (Json entry : json.objects("packs")) {
            Looks looks =
                    new Looks(entry.instant("at"), entry.optionalText("deep").map(_ -> entry.instant("deep")));
            PackNumbers numbers = PackNumbers.parse(entry.text("packs")).orElseThrow(() -> entry.wrong("packs"));
            SortedMap<Integer, Looks> ofLabel =
                    ledger.packs.computeIfAbsent(entry.label("label"), _ -> new TreeMap<>());
            for (int number : numbers.numbers()) {
                ofLabel.put(number, looks);
            }
        }
        for (Json entry : json.objects("wal")) {
            WalRuns.Run run = new WalRuns.Run(segment(entry, "first"), segment(entry, "last"), entry.instant("at"));
            ledger.wal.merge(
                    entry.integer("history"),
                    List.of(run),
                    (some, one) -> Stream.concat(some.stream(), one.stream()).toList());
        }
        return ledger;
    }

    private static SegmentName segment(Json entry, String field) {
        return SegmentName.parse(entry.text(field)).orElseThrow(() -> entry.wrong(field));
    }
}
