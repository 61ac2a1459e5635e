package org.pgkeep.report;

import java.time.Instant;
import java.util.Optional;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterName;

/**
 * One backup.
 *
 * @param location of the repository
 * @param at when this was so
 * @param entry as a listing tells it
 * @param record all of it
 * @param contents what its manifest says; empty when that cannot be read
 * @param unreadable why not
 */
public record BackupDetail(
        String location,
        Instant at,
        ClusterName cluster,
        BackupEntry entry,
        BackupRecord record,
        Optional<BackupContents> contents,
        Optional<String> unreadable) {}
