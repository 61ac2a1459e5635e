package org.pgkeep.verify;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.PackReader;
import org.pgkeep.storage.ObjectInfo;

/** Reads packs, in parallel, and keeps what the manifests will be compared with. */
final class PackScan {
    private final ClusterStore cluster;
    private final boolean deep;
    private final Findings findings;
    private final Map<Label, SortedMap<Integer, PackState>> states = new HashMap<>();
    private final Tally tally;
    private final Looks looks;

    PackScan(ClusterStore cluster, boolean deep, Findings findings, Tally tally, Looks looks) {
        this.cluster = cluster;
        this.deep = deep;
        this.findings = findings;
        this.tally = tally;
        this.looks = looks;
    }

    private record Job(Label label, int number, PackState state, Optional<PageNotes> pages, Optional<Instant> recent) {}

    /** Reads all packs of these backups. */
    void run(List<Label> labels, int jobs, Progress progress) {
        List<Job> list = new ArrayList<>();
        List<PageNotes> notes = new ArrayList<>();
        long bytes = 0;
        for (Label label : labels) {
            SortedMap<Integer, PackState> packs = new TreeMap<>();
            states.put(label, packs);
            Optional<PageNotes> pages = deep ? pagesOf(label) : Optional.empty();
            pages.ifPresent(notes::add);
            for (Map.Entry<Integer, ObjectInfo> pack : cluster.packs(label).entrySet()) {
                // One that was stored since is another one: compaction replaces packs, and so does who repairs them.
                Instant stored = pack.getValue().modified();
                Optional<Instant> recent = looks.recent(label, pack.getKey()).filter(look -> !stored.isAfter(look));
                PackState state = new PackState(cluster.location(pack.getValue()), recent.orElse(looks.now()));
                packs.put(pack.getKey(), state);
                list.add(new Job(label, pack.getKey(), state, pages, recent));
                bytes += recent.isPresent() ? 0 : pack.getValue().sizeBytes();
            }
        }
        try (Progress.Step step = progress.step(deep ? "expand and check packs" : "check packs", bytes)) {
            Workers.run(jobs, list.iterator(), PackReader.FrameBuffer::new, (job, buffer) -> scan(job, buffer, step));
        }
        notes.forEach(note -> note.tell(findings));
    }

    private Optional<PageNotes> pagesOf(Label label) {
        try {
            Optional<BackupRecord> record = cluster.find(label);
            return record.map(PageNotes::new);
        } catch (PgkeepException e) {
            // Told where the record itself is verified.
            return Optional.empty();
        }
    }

    private void scan(Job job, PackReader.FrameBuffer buffer, Progress.Step step) {
        try (PackReader pack = cluster.pack(job.label, job.number)) {
            job.state.frames(pack.frames().size());
            for (int i = 0; i < pack.frames().size(); i++) {
                job.state.frame(i, pack.frame(i).contentBlocks());
            }
            if (job.recent.isPresent()) {
                tally.recent();
                return;
            }
            frames(job, pack, buffer, step);
            looks.read(job.label, job.number, job.state.isSound());
        } catch (PgkeepException e) {
            job.state.unreadable(orThrow(e));
            looks.read(job.label, job.number, false);
        }
    }

    private void frames(Job job, PackReader pack, PackReader.FrameBuffer buffer, Progress.Step step) {
        long headAndEnd = pack.size();
        for (int i = 0; i < pack.frames().size(); i++) {
            if (!pack.frame(i).isDropped()) {
                frame(job, pack, i, buffer);
            }
            step.advance(pack.frame(i).storedBytes());
            headAndEnd -= pack.frame(i).storedBytes();
        }
        step.advance(headAndEnd);
        tally.pack(pack.size(), pack.frames().size());
    }

    private void frame(Job job, PackReader pack, int number, PackReader.FrameBuffer buffer) {
        try {
            if (deep) {
                pack.read(number, buffer);
                job.pages.ifPresent(pages -> pages.look(pack.frame(number), buffer.content()));
            } else {
                pack.scrub(number, buffer);
            }
        } catch (PgkeepException e) {
            job.state.damagedFrame(number, orThrow(e));
        }
    }

    /** Damage is what we look for; that the store cannot be read at all is an error of this run. */
    private static PgkeepException orThrow(PgkeepException e) {
        if (e.code() == ErrorCode.DAMAGED || e.code() == ErrorCode.TOO_NEW) {
            return e;
        }
        throw e;
    }

    /** A pack; empty when it is not there. */
    Optional<PackState> find(Label label, int number) {
        SortedMap<Integer, PackState> packs = states.get(label);
        return packs == null ? Optional.empty() : Optional.ofNullable(packs.get(number));
    }

    /** Tells about all damage, once it is known which backups it affects. */
    void tell() {
        states.forEach((label, packs) -> packs.forEach((number, state) -> {
            // Nobody needs what was deleted while it was read.
            if (state.isUsed() || state.isReadable() || cluster.hasPack(label, number)) {
                state.tell(findings);
            }
        }));
    }

    /** Tells about packs that no backup uses that was looked at. */
    void tellUnused(Label label) {
        SortedMap<Integer, PackState> packs = states.getOrDefault(label, new TreeMap<>());
        for (PackState state : packs.values()) {
            if (state.isReadable() && !state.isUsed()) {
                findings.note(state.location(), List.of(label), state.location() + " holds nothing that a backup uses");
            }
        }
    }
}
