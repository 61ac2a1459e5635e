package org.pgkeep.repository;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/**
 * Makes another database cluster the one that backups and WAL of a name are taken of, as after {@code pg_upgrade}: one entry more in
 * {@code cluster.json}, by one compare-and-swap under the cluster's lease, so that no backup is under way
 * ({@code docs/formats/cluster-record.md}).
 */
public final class Succession {
    private final Storage storage;
    private final BackupNames names;
    private final InstantSource clock;

    Succession(Storage storage, BackupNames names, InstantSource clock) {
        this.storage = storage;
        this.names = names;
        this.clock = clock;
    }

    /**
     * Adds the entry; nothing happens when it is the last one already.
     *
     * @return the record as it is now
     * @throws PgkeepException {@code CLUSTER_MISMATCH} when it cannot be a successor: it is an earlier one, or of an older version;
     *     {@code LEASE_LOST}
     */
    public ClusterRecord add(long systemIdentifier, String majorVersion, Lease lease) {
        ObjectName name = names.clusterRecord();
        // The version is read before the content: if the content is newer, the compare-and-swap fails, which is safe.
        Optional<String> version = storage.info(name).map(ObjectInfo::version);
        ClusterRecord before = SmallObjects.read(storage, name)
                .map(bytes -> ClusterRecord.parse(bytes, storage.location(name)))
                .orElseThrow(() -> lost(name));
        if (before.current().isOf(systemIdentifier, majorVersion)) {
            return before;
        }
        assertSuccessor(before, systemIdentifier, majorVersion);
        List<ClusterRecord.History> history = new ArrayList<>(before.history());
        history.add(
                new ClusterRecord.History(before.current().id() + 1, systemIdentifier, majorVersion, clock.instant()));
        ClusterRecord after = new ClusterRecord(history);
        lease.assertHeld();
        if (version.isEmpty() || !storage.replace(name, version.get(), after.print())) {
            throw lost(name);
        }
        return after;
    }

    private PgkeepException lost(ObjectName name) {
        return new PgkeepException(
                ErrorCode.LEASE_LOST,
                storage.location(name) + " was changed or removed by another process",
                "Nothing was changed here. Look with 'pgkeep info', then run the command again.");
    }

    private void assertSuccessor(ClusterRecord before, long systemIdentifier, String majorVersion) {
        for (ClusterRecord.History one : before.history()) {
            if (one.systemIdentifier() == systemIdentifier) {
                throw new PgkeepException(
                        ErrorCode.CLUSTER_MISMATCH,
                        "system identifier " + Long.toUnsignedString(systemIdentifier) + " is that of PostgreSQL "
                                + one.majorVersion() + " in cluster '" + names.cluster() + "' since " + one.since()
                                + ", entry " + one.id() + " of its history: not of a successor",
                        "Name the data directory of the new cluster. To go on with an old one after an upgrade was given up,"
                                + " register it under another name with 'pgkeep init --cluster NAME'.");
            }
        }
        boolean older = MajorVersion.ofText(majorVersion)
                .flatMap(now ->
                        MajorVersion.ofText(before.current().majorVersion()).map(then -> now.compareTo(then) < 0))
                .orElse(false);
        if (older) {
            throw new PgkeepException(
                    ErrorCode.CLUSTER_MISMATCH,
                    "cluster '" + names.cluster() + "' is registered with PostgreSQL "
                            + before.current().majorVersion() + ", and this one is " + majorVersion
                            + ": pg_upgrade does not go back",
                    "Register it under another name with 'pgkeep init --cluster NAME'.");
        }
    }
}
