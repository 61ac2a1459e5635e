package org.pgkeep.cli;

import java.util.function.UnaryOperator;
import org.pgkeep.config.Settings;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;

/** Changes what is known of a backup, and prints how it is now. */
final class Marking {
    private Marking() {}

    /** Of the backup of this label or name. */
    static int change(Invocation invocation, String backup, UnaryOperator<BackupMark> change) {
        Settings settings = invocation.settings();
        try (Repository repository = invocation.repository()) {
            ClusterStore cluster = repository.cluster(new ClusterName(settings.cluster()));
            Label label = Labels.there(cluster, backup);
            print(invocation, cluster.marks().change(label, change));
            return 0;
        }
    }

    private static void print(Invocation invocation, BackupMark mark) {
        if (invocation.json()) {
            JsonOutput.print(invocation.out(), json -> {
                json.writeStringField("cluster", invocation.settings().cluster());
                json.writeStringField("label", mark.label().toString());
                json.writeBooleanField("pinned", mark.pin().isPresent());
                if (mark.pin().flatMap(pin -> pin.until()).isPresent()) {
                    json.writeStringField(
                            "pinnedUntil",
                            mark.pin().flatMap(pin -> pin.until()).orElseThrow().toString());
                }
                json.writeBooleanField(
                        "keepWal", mark.pin().map(pin -> pin.keepsWal()).orElse(false));
                if (mark.name().isPresent()) {
                    json.writeStringField("name", mark.name().get().toString());
                }
                if (mark.note().isPresent()) {
                    json.writeStringField("note", mark.note().get());
                }
                json.writeObjectFieldStart("annotations");
                for (var each : mark.annotations().entrySet()) {
                    json.writeStringField(each.getKey(), each.getValue());
                }
                json.writeEndObject();
            });
            return;
        }
        Sheet sheet = new Sheet("backup " + mark.label() + " of cluster '"
                + invocation.settings().cluster() + "'");
        sheet.fact(
                "pinned",
                mark.pin()
                        .map(pin -> pin.until()
                                        .map(until -> "until " + BackupText.time(until))
                                        .orElse("for ever")
                                + (pin.keepsWal() ? ", with all WAL that follows" : ""))
                        .orElse("no"));
        mark.name().ifPresent(name -> sheet.fact("name", name.toString()));
        mark.note().ifPresent(note -> sheet.fact("note", note));
        sheet.facts(
                "annotations",
                mark.annotations().entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .toList());
        sheet.print(invocation.out());
    }
}
