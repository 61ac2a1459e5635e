package org.pgkeep.verify;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.Label;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.layer.SealedStorage;

/**
 * What can be proved of a sealed repository without its key: that every object is whole and as it was written, and, as far as names tell,
 * that none is missing. What the objects hold, and whether that belongs together, takes the key.
 */
public final class Scrub {
    private static final String CLUSTERS = "clusters";
    private static final String RESTORE_OTHER =
            "If another repository has this object, copy it from there; else take a new full backup.";

    private final Storage storage;
    private final Progress progress;
    private final Findings findings;
    private final Tally tally = new Tally();
    private final Map<Label, Parts> backups = new TreeMap<>();

    /** Of a sealed repository on this storage, which stays the caller's to close. */
    public Scrub(Storage storage, Progress progress) {
        this.storage = storage;
        this.progress = progress;
        this.findings = new Findings(progress);
    }

    /** What there is of a backup, by name. */
    private static final class Parts {
        private boolean record;
        private boolean manifest;
        private final TreeSet<Integer> packs = new TreeSet<>();
    }

    /** Reads all that is asked for. Damage is found and not thrown. */
    public Verify.Result run(Verify.Request request) {
        String folder = CLUSTERS + request.cluster().map(name -> "/" + name).orElse("");
        try (Stream<ObjectInfo> objects = storage.list(folder);
                Progress.Step step = progress.step("check sealed objects", 0)) {
            Iterator<ObjectInfo> wanted =
                    objects.filter(object -> isWanted(object, request)).iterator();
            Workers.<ObjectInfo, AutoCloseable>run(request.jobs(), wanted, () -> () -> {}, (object, _) -> {
                note(object);
                prove(object);
                step.advance(object.sizeBytes());
            });
        }
        backups.forEach(this::tellMissing);
        findings.note(
                storage.location(new ObjectName("repository.json")),
                List.of(),
                "the repository is sealed and was checked without its key: that no stored byte has changed; with the key,"
                        + " verify also checks what the objects hold and whether they belong together, and notes on each backup what it found");
        return new Verify.Result(findings.list(), findings.errors(), tally.counts(), List.of());
    }

    private static boolean isWanted(ObjectInfo object, Verify.Request request) {
        String[] path = object.name().value().split("/", -1);
        boolean ofWal = path.length > 2 && path[2].equals("wal");
        boolean ofLabel = request.label().isEmpty() || labelOf(object).equals(request.label());
        return ofLabel && (request.wal() || !ofWal);
    }

    private static Optional<Label> labelOf(ObjectInfo object) {
        String[] path = object.name().value().split("/", -1);
        return path.length > 4 && path[2].equals("backups") ? Label.parse(path[3]) : Optional.empty();
    }

    private synchronized void note(ObjectInfo object) {
        String name = object.name().last();
        Optional<Label> label = labelOf(object);
        if (label.isEmpty()) {
            if (object.name().value().contains("/wal/")) {
                tally.walFile();
            }
            return;
        }
        Parts parts = backups.computeIfAbsent(label.get(), _ -> new Parts());
        if (name.equals("backup.json")) {
            parts.record = true;
            tally.backup();
        } else if (name.equals("manifest.pb.zst")) {
            parts.manifest = true;
        } else if (name.matches("[1-9][0-9]{0,8}\\.pack")) {
            parts.packs.add(Integer.valueOf(name.substring(0, name.indexOf('.'))));
            tally.pack(object.sizeBytes(), 0);
        }
    }

    private void prove(ObjectInfo object) {
        String location = storage.location(object.name());
        try {
            Optional<ObjectReader> opened = storage.open(object.name());
            if (opened.isPresent()) {
                try (ObjectReader reader = opened.get()) {
                    SealedStorage.scrub(reader, location);
                }
            }
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.DAMAGED && e.code() != ErrorCode.TOO_NEW) {
                throw e;
            }
            findings.error(
                    location,
                    labelOf(object).stream().toList(),
                    String.valueOf(e.getMessage()),
                    e.hint().orElse(RESTORE_OTHER));
        }
    }

    /** Packs are numbered from 1; a gap in the numbers of a backup that nobody refers to yet is a loss. */
    private void tellMissing(Label label, Parts parts) {
        if (!parts.record) {
            findings.note(
                    label.value(), List.of(), label + " is no backup: what is left of one, or packs that others use");
            return;
        }
        if (!parts.manifest) {
            findings.error(
                    label.value(), List.of(label), "the manifest of backup " + label + " is missing", RESTORE_OTHER);
        }
        for (int number = 1; !parts.packs.isEmpty() && number < parts.packs.last(); number++) {
            if (!parts.packs.contains(number)) {
                findings.warning(
                        label.value(),
                        List.of(label),
                        "pack " + number + " of backup " + label + " is missing",
                        RESTORE_OTHER);
            }
        }
    }
}
