package org.pgkeep.repository;

import java.util.Optional;
import org.pgkeep.storage.ObjectName;

/** Where the objects of one cluster are: the tree in {@code docs/formats/README.md}. */
record BackupNames(ClusterName cluster) {
    static final String CLUSTERS = "clusters";

    String root() {
        return CLUSTERS + "/" + cluster;
    }

    ObjectName clusterRecord() {
        return ObjectName.of(root(), "cluster.json");
    }

    String backups() {
        return root() + "/backups";
    }

    String folder(Label label) {
        return backups() + "/" + label;
    }

    ObjectName backup(Label label) {
        return ObjectName.of(folder(label), "backup.json");
    }

    ObjectName manifest(Label label) {
        return ObjectName.of(folder(label), "manifest.pb.zst");
    }

    String packs(Label label) {
        return folder(label) + "/packs";
    }

    ObjectName pack(Label label, int number) {
        return ObjectName.of(packs(label), number + ".pack");
    }

    /** The number of the pack that an object of a backup is; empty when it is none. */
    static Optional<Integer> packNumber(ObjectName object) {
        String name = object.last();
        String number = name.endsWith(".pack") ? name.substring(0, name.length() - ".pack".length()) : "";
        boolean digits =
                !number.isEmpty() && number.length() < 10 && number.chars().allMatch(c -> c >= '0' && c <= '9');
        boolean inPacks = object.value().endsWith("/packs/" + name);
        return digits && inPacks && !number.startsWith("0") ? Optional.of(Integer.valueOf(number)) : Optional.empty();
    }

    String attempts() {
        return root() + "/attempts";
    }

    ObjectName attempt(Label label) {
        return ObjectName.of(attempts(), label + ".json");
    }

    String marks() {
        return root() + "/marks";
    }

    ObjectName mark(Label label) {
        return ObjectName.of(marks(), label + ".json");
    }

    ObjectName lease(String kind) {
        return ObjectName.of(root() + "/leases", kind + ".json");
    }

    ObjectName ledger() {
        return ObjectName.of(root(), "ledger.json");
    }

    ObjectName fence() {
        return ObjectName.of(root(), "fence.json");
    }

    String wal(int historyId) {
        return root() + "/wal/" + historyId;
    }
}
