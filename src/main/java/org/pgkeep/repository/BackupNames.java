package org.pgkeep.repository;

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

    String attempts() {
        return root() + "/attempts";
    }

    ObjectName attempt(Label label) {
        return ObjectName.of(attempts(), label + ".json");
    }

    ObjectName lease(String kind) {
        return ObjectName.of(root() + "/leases", kind + ".json");
    }

    String wal(int historyId) {
        return root() + "/wal/" + historyId;
    }
}
