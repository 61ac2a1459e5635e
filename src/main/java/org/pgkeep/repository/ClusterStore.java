package org.pgkeep.repository;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;

/** One cluster in a repository: its backups and its WAL. Thread-safe. */
public final class ClusterStore {
    /** No write takes this long; temporary objects that are older belong to nobody. */
    private static final Duration ABANDONED = Duration.ofHours(24);

    /** How far labels may be ahead of the clock: backups that take less than a second each get ahead by themselves. */
    private static final Duration LABEL_LEAD_MAX = Duration.ofMinutes(1);

    private final Storage storage;
    private final InstantSource clock;
    private final Sealing sealing;
    private final BackupNames names;
    private final ClusterRecord record;
    private final Duration leaseTerm;

    ClusterStore(
            Storage storage,
            InstantSource clock,
            Sealing sealing,
            BackupNames names,
            ClusterRecord record,
            Duration leaseTerm) {
        this.storage = storage;
        this.clock = clock;
        this.sealing = sealing;
        this.leaseTerm = leaseTerm;
        this.names = names;
        this.record = record;
    }

    /** What people call it. */
    public ClusterName name() {
        return names.cluster();
    }

    /** Which database clusters it stands for. */
    public ClusterRecord record() {
        return record;
    }

    /**
     * Proves that a database cluster is the one registered.
     *
     * @throws PgkeepException {@code CLUSTER_MISMATCH}
     */
    public void assertIs(long systemIdentifier, String majorVersion) {
        ClusterRecord.History current = record.current();
        if (current.systemIdentifier() != systemIdentifier) {
            throw new PgkeepException(
                    ErrorCode.CLUSTER_MISMATCH,
                    "cluster '" + name() + "' is registered with system identifier "
                            + Long.toUnsignedString(current.systemIdentifier()) + ", this one has "
                            + Long.toUnsignedString(systemIdentifier),
                    upgradeHint(
                            "Name the right cluster with --cluster, or register this one under another name with 'pgkeep init'."));
        }
        if (!current.majorVersion().equals(majorVersion)) {
            throw new PgkeepException(
                    ErrorCode.CLUSTER_MISMATCH,
                    "cluster '" + name() + "' is registered with PostgreSQL " + current.majorVersion()
                            + ", this one is " + majorVersion,
                    upgradeHint("Else register it under another name with 'pgkeep init'."));
        }
    }

    private String upgradeHint(String otherwise) {
        return "If it is the same cluster after pg_upgrade: 'pgkeep upgrade --cluster " + name() + "'. " + otherwise;
    }

    /**
     * Proves that this process may write here: begins an object and abandons it.
     *
     * @throws PgkeepException {@code PERMISSION}, {@code DISK_FULL} or {@code STORAGE}
     */
    public void assertWritable() {
        try (ObjectWriter probe = storage.write(ObjectName.of(names.root(), "probe"))) {
            probe.write(ByteBuffer.wrap(new byte[1]));
        }
    }

    /** Whether work on this cluster is stopped. */
    public Fencing fencing() {
        return new Fencing(storage, names);
    }

    /** Where the right to change this cluster's backups is given. */
    public Leases leases() {
        return new Leases(storage, names.lease("backup"), clock, leaseTerm, fencing()::assertOpen);
    }

    /** Every backup whose record can be read, oldest first. */
    public List<BackupRecord> backups() {
        return listing().sound();
    }

    /** Every backup, oldest first. */
    public Listing listing() {
        BackupScan<BackupRecord> all = scan(backup -> backup);
        return new Listing(all.sound(), all.unreadable());
    }

    /**
     * What the reader makes of the record of each backup; for who does not need whole records of all at once.
     *
     * @param facts called by several threads
     */
    public <T> BackupScan<T> scan(Function<BackupRecord, T> facts) {
        BackupRecords records = new BackupRecords(storage, names);
        return BackupScan.of(
                storage.traits(), labels(), label -> records.find(label).map(facts));
    }

    /**
     * The backups of a cluster.
     *
     * @param sound those whose record can be read, oldest first
     * @param unreadable the others with the reason ({@code DAMAGED}, {@code TOO_NEW}): one damaged record must not hide the rest
     */
    public record Listing(List<BackupRecord> sound, Map<Label, PgkeepException> unreadable) {
        public Listing {
            sound = List.copyOf(sound);
            unreadable = Collections.unmodifiableMap(new TreeMap<>(unreadable));
        }
    }

    /** Labels under which objects are: of backups, of attempts, and of deleted backups of which others use packs. */
    List<Label> labels() {
        try (Stream<String> found = storage.names(names.backups())) {
            return found.flatMap(name -> Label.parse(name).stream()).sorted().toList();
        }
    }

    /** A backup; empty when there is none of this label. */
    public Optional<BackupRecord> find(Label label) {
        return new BackupRecords(storage, names).find(label);
    }

    /** Whether there is a backup of this label, readable or not. */
    public boolean exists(Label label) {
        return storage.info(names.backup(label)).isPresent();
    }

    /**
     * A backup.
     *
     * @throws PgkeepException {@code BACKUP_UNKNOWN}
     */
    public BackupRecord backup(Label label) {
        return find(label).orElseThrow(() -> unknown(label));
    }

    /** The error when there is no such backup: says which labels look like it. */
    public PgkeepException unknown(Label label) {
        return new Lookup(this).unknown(label);
    }

    /**
     * The label of the backup that a person means: the label itself, where whether there is such a backup is not asked, or the name that
     * somebody gave to one.
     *
     * @throws PgkeepException {@code BACKUP_UNKNOWN} when no backup has the name, {@code CONFLICT} when several have, {@code USAGE} when
     *     it can be neither
     */
    public Label label(String text) {
        return new Lookup(this).label(text);
    }

    /** What may change about its backups: pins, names, notes, annotations, findings of verify. */
    public BackupMarks marks() {
        return new BackupMarks(storage, names);
    }

    /** What was verified when, as it is now. */
    public LedgerObject ledger() {
        return new LedgerObject(storage, names.ledger());
    }

    /** Backups that run or were cut off. */
    public List<Attempt> attempts() {
        return new Attempts(storage, names).all();
    }

    /** The way to remove backups and WAL: so many objects at once. */
    public Removal removal(int jobs) {
        return new Removal(storage, names, this, jobs);
    }

    /** The way to change what a backup is. */
    public Revision revision() {
        return new Revision(storage, names, this);
    }

    /** The way to go on with another database cluster under the same name. */
    public Succession succession() {
        return new Succession(storage, names, clock);
    }

    /** The way to take over backups from the same cluster in another repository. */
    public BackupImport importing(ClusterStore source) {
        return new BackupImport(storage, names, this, source);
    }

    /** The way to write sparse packs anew. */
    public Compaction compaction() {
        return new Compaction(storage, names, this);
    }

    /** What is left of backups that were cut off or deleted and that no backup needs, by the label that they had. */
    public SortedMap<Label, List<ObjectInfo>> leftovers() {
        SortedMap<Label, List<ObjectInfo>> leftovers = new TreeMap<>();
        List<Label> uncommitted = withoutRecord();
        if (!uncommitted.isEmpty()) {
            BackupSweep sweep = new BackupSweep(storage, names, listing());
            uncommitted.forEach(label -> leftovers.put(label, sweep.unneeded(label)));
            leftovers.values().removeIf(List::isEmpty);
        }
        return leftovers;
    }

    /** Labels under which objects are but no backup: attempts, and deleted backups of which others use packs. */
    List<Label> withoutRecord() {
        // Only whether the record is there counts: a damaged one is still a backup's.
        return labels().stream().filter(label -> !exists(label)).toList();
    }

    /**
     * Begins a backup that takes over nothing: takes the lease, removes what dead attempts left, finds the label.
     *
     * @throws PgkeepException {@code HELD} when other work on the cluster goes on, {@code CLOCK} when the clock is behind the newest
     *     backup
     */
    public BackupWriter begin(BackupType type, Owner owner) {
        Lease lease = leases().takeNow(Work.BACKUP, owner, _ -> {});
        lease.keepAlive();
        return begin(() -> type, owner, lease, Resume.NONE);
    }

    /**
     * The same, but where another holds the lease waits to see whether it still lives, and as long as it is told; and what dead
     * attempts left may be taken over ({@link BackupWriter#claimed}).
     *
     * @param type decided under the lease: until the writer is closed, no backup of the cluster comes or goes
     */
    public BackupWriter begin(Supplier<BackupType> type, Owner owner, Leases.Patience patience, Resume resume) {
        return begin(type, owner, leases().take(Work.BACKUP, owner, patience), resume);
    }

    private BackupWriter begin(Supplier<BackupType> type, Owner owner, Lease lease, Resume resume) {
        try {
            Predecessors predecessors = new Predecessors(storage, names, this, owner);
            predecessors.settle(resume, clock.instant(), lease);
            lease.assertHeld();
            marks().sweep();
            storage.sweepAbandoned(names.root(), clock.instant().minus(ABANDONED));
            Instant now = clock.instant();
            Attempt attempt = new Attempt(
                    newLabel(type.get()),
                    Attempt.State.RUNNING,
                    owner,
                    record.current().id(),
                    resume.compression(),
                    now,
                    now,
                    leaseTerm,
                    Attempt.Copied.NOTHING);
            return BackupWriter.begin(storage, names, attempt, lease, predecessors, clock);
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }
    }

    private Label newLabel(BackupType type) {
        Optional<Label> newest = labels().stream().reduce((a, b) -> b);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        if (newest.isEmpty() || newest.get().start().isBefore(now)) {
            return Label.of(now, type);
        }
        if (newest.get().start().isAfter(now.plus(LABEL_LEAD_MAX))) {
            throw new PgkeepException(
                    ErrorCode.CLOCK,
                    "the clock says " + now + " but the newest backup is " + newest.get() + ": the clock runs behind",
                    "Correct this host's clock, then run the command again.");
        }
        // Made faster than one a second, or on a host whose clock is a little ahead: the label of the next second keeps
        // order.
        return Label.of(newest.get().start().plusSeconds(1), type);
    }

    /** Opens a backup's manifest. */
    public ManifestReader manifest(Label label) {
        ObjectName name = names.manifest(label);
        return new ManifestReader(open(name), storage.location(name));
    }

    /** A backup's manifest as it is stored. */
    ObjectReader manifestObject(Label label) {
        return open(names.manifest(label));
    }

    /**
     * Proves that the manifest is the object that was committed.
     *
     * @throws PgkeepException {@code DAMAGED}
     */
    public void scrubManifest(BackupRecord backup) {
        ObjectName name = names.manifest(backup.label());
        try (ObjectReader reader = open(name)) {
            boolean same = reader.size() == backup.manifest().storedBytes()
                    && BackupWriter.hashOf(reader) == backup.manifest().hash();
            if (!same) {
                throw new PgkeepException(
                        ErrorCode.DAMAGED,
                        storage.location(name) + " is not the manifest that backup " + backup.label()
                                + " was committed with");
            }
        }
    }

    /** Opens a pack of a backup. */
    public PackReader pack(Label label, int number) {
        ObjectName name = names.pack(label, number);
        return new PackReader(open(name), storage.location(name));
    }

    /** Whether a pack is there, sound or not. */
    public boolean hasPack(Label label, int number) {
        return storage.info(names.pack(label, number)).isPresent();
    }

    /** The packs of a backup that are there, by number. */
    public SortedMap<Integer, ObjectInfo> packs(Label label) {
        SortedMap<Integer, ObjectInfo> packs = new TreeMap<>();
        for (ObjectInfo object : objects(label)) {
            BackupNames.packNumber(object.name()).ifPresent(number -> packs.put(number, object));
        }
        return packs;
    }

    /** The lengths of the packs of these labels that are there, from number 1, 0 for none; also of labels that are no backups. */
    public Map<Label, List<Long>> packBytes(List<Label> labels) {
        Map<Label, List<Long>> lengths = new TreeMap<>();
        for (PackLengths found :
                ParallelReads.all(storage.traits(), labels, label -> PackLengths.of(storage, names, label))) {
            lengths.put(found.label(), found.bytes());
        }
        return lengths;
    }

    /**
     * Proves that every pack that a backup names is there, and that its own are as long as they were, without reading any.
     *
     * @throws PgkeepException {@code DAMAGED}, naming the first that is not
     */
    public void assertPacks(BackupRecord backup) {
        assertPacks(backup.label(), backup.sizes().packNumbers());
        assertLengths(backup);
        backup.references().forEach(reference -> assertPacks(reference.label(), reference.packs()));
    }

    private void assertPacks(Label label, PackNumbers needed) {
        SortedMap<Integer, ObjectInfo> there = packs(label);
        for (int number : needed.numbers()) {
            ObjectName pack = names.pack(label, number);
            if (!there.containsKey(number)) {
                throw missing(pack);
            }
            try (ObjectReader reader = storage.open(pack).orElseThrow(() -> missing(pack))) {
                PackFormat.requireEnd(reader, storage.location(pack));
            }
        }
    }

    private void assertLengths(BackupRecord backup) {
        packs(backup.label()).forEach((number, pack) -> {
            List<Long> lengths = backup.sizes().packBytes();
            long expected = number <= lengths.size() ? lengths.get(number - 1) : 0;
            if (expected > 0 && pack.sizeBytes() != expected && !isWhole(backup.label(), number)) {
                throw new PgkeepException(
                        ErrorCode.DAMAGED,
                        storage.location(pack.name()) + " is " + pack.sizeBytes() + " bytes long, and was " + expected,
                        "Run 'pgkeep verify' to see which backups are affected.");
            }
        });
    }

    /** A pack that was compacted is shorter than it was, and has an end all the same. */
    private boolean isWhole(Label label, int number) {
        try (PackReader _ = pack(label, number)) {
            return true;
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.DAMAGED) {
                throw e;
            }
            return false;
        }
    }

    /** Names among the backups that are no labels. */
    public List<String> strangers() {
        try (Stream<String> found = storage.children(names.backups())) {
            return found.filter(name -> Label.parse(name).isEmpty()).toList();
        }
    }

    /** Objects in a backup's folder that are none of its own. */
    public List<ObjectInfo> strangers(Label label) {
        return objects(label).stream()
                .filter(object -> !object.name().equals(names.backup(label))
                        && !object.name().equals(names.manifest(label))
                        && BackupNames.packNumber(object.name()).isEmpty())
                .toList();
    }

    /** Everything in a backup's folder. */
    public List<ObjectInfo> objects(Label label) {
        try (Stream<ObjectInfo> objects = storage.list(names.folder(label))) {
            return objects.toList();
        }
    }

    /** Where a pack is or would be, for messages. */
    public String packLocation(Label label, int number) {
        return storage.location(names.pack(label, number));
    }

    /** Where an object is, for messages. */
    public String location(ObjectInfo object) {
        return storage.location(object.name());
    }

    private ObjectReader open(ObjectName name) {
        return storage.open(name).orElseThrow(() -> missing(name));
    }

    private PgkeepException missing(ObjectName name) {
        return new PgkeepException(
                ErrorCode.DAMAGED,
                storage.location(name) + " is missing",
                "Run 'pgkeep verify' to see which backups are affected.");
    }

    /** Where the record of the cluster is, for messages. */
    public String recordLocation() {
        return storage.location(names.clusterRecord());
    }

    /** The numbers in its history of which there is WAL, whether the record knows them or not. */
    public SortedSet<Integer> walHistories() {
        try (Stream<String> folders = storage.children(names.root() + "/wal")) {
            return folders.filter(name -> name.matches("[1-9][0-9]{0,8}"))
                    .map(Integer::valueOf)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** The WAL of the database cluster that is current. */
    public WalArchive wal() {
        return wal(record.current().id());
    }

    /** The WAL of a database cluster of its history. */
    public WalArchive wal(int historyId) {
        return new WalArchive(storage, sealing, names.wal(historyId));
    }
}
