package org.pgkeep.report;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.Attempt;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Fence;
import org.pgkeep.repository.LeaseRecord;
import org.pgkeep.storage.ObjectInfo;

/** What runs on a cluster: backups, by their attempts, and other work, by the lease that it holds. */
final class Works {
    private final ClusterStore cluster;
    private final Instant now;
    private final List<ClusterReport.Work> all = new ArrayList<>();
    private final Optional<Fence> fence;
    private final List<String> problems = new ArrayList<>();

    Works(ClusterStore cluster, Instant now) {
        this.cluster = cluster;
        this.now = now;
        this.fence = sound(() -> cluster.fencing().fence());
        Optional<LeaseRecord> holder = sound(() -> cluster.leases().holder());
        List<Attempt> attempts = cluster.attempts();
        Set<String> alive = attempts.stream()
                .filter(attempt -> !isDead(attempt))
                .map(attempt -> attempt.owner().id())
                .collect(Collectors.toSet());
        attempts.stream().filter(attempt -> !isTakenOver(attempt, alive)).forEach(this::add);
        boolean isBackup = holder.map(lease -> attempts.stream()
                        .anyMatch(attempt ->
                                attempt.owner().id().equals(lease.owner().id())))
                .orElse(false);
        if (!isBackup) {
            holder.ifPresent(this::add);
        }
    }

    List<ClusterReport.Work> all() {
        return all;
    }

    /** Who stopped all work, if somebody did. */
    Optional<Fence> fence() {
        return fence;
    }

    /** A lease or a fence that cannot be read, a sentence each. */
    List<String> problems() {
        return problems;
    }

    /** One that cannot be read is a problem, and no reason to tell nothing at all. */
    private <T> Optional<T> sound(Supplier<Optional<T>> read) {
        try {
            return read.get();
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.DAMAGED && e.code() != ErrorCode.TOO_NEW) {
                throw e;
            }
            problems.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** Of a process of this machine that is known at once. */
    private boolean isDead(Attempt attempt) {
        return attempt.isDead(now) || attempt.owner().hasEnded();
    }

    /** A backup that runs goes on with it. */
    private static boolean isTakenOver(Attempt attempt, Set<String> alive) {
        return attempt.state() == Attempt.State.CLAIMED
                && alive.contains(attempt.owner().id());
    }

    private void add(Attempt attempt) {
        if (cluster.exists(attempt.label())) {
            // It ended well, only its attempt could not be removed; the next backup does that.
            return;
        }
        Duration silence = Duration.between(attempt.heartbeat(), now);
        all.add(new ClusterReport.Work(
                "backup",
                Optional.of(attempt.label()),
                attempt.owner(),
                !isDead(attempt),
                attempt.started(),
                Optional.of(silence.isNegative() ? Duration.ZERO : silence),
                Optional.of(attempt.copied()),
                isDead(attempt) ? Optional.of(reusableBytes(attempt)) : Optional.empty()));
    }

    /** What is being removed is nothing any more. */
    private long reusableBytes(Attempt attempt) {
        return attempt.state() == Attempt.State.CONDEMNED
                ? 0
                : cluster.packs(attempt.label()).values().stream()
                        .mapToLong(ObjectInfo::sizeBytes)
                        .sum();
    }

    private void add(LeaseRecord lease) {
        all.add(new ClusterReport.Work(
                lease.work().word(),
                Optional.empty(),
                lease.owner(),
                !lease.owner().hasEnded(),
                lease.since(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    }
}
