package org.pgkeep.cli;

import java.util.List;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.report.FileFilter;
import org.pgkeep.report.FileList;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Repository;

/** {@code pgkeep manifest}. */
final class ManifestCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.MANIFEST,
                        "Lists the files, directories and links of a backup by path, with mode, owner, time, size, what each is, and where"
                                + " its blocks of 8 KiB are: OWN in the packs of this backup, OTHER in those of backups before it, ZERO"
                                + " nowhere, because they hold nothing but zeros.",
                        "With paths it lists only these, and what is in them where they are directories. * ? and [a-z] stand for parts of"
                                + " a name, ** also for directories; what has no slash is looked for at any depth. The list is a"
                                + " stream: it takes no more memory for millions of files.")
                .withOperands("LABEL|NAME [PATH]...")
                .withExample("pgkeep manifest 20261121-203000F", "lists everything")
                .withExample("pgkeep manifest before-upgrade base/16384 '*.conf'", "lists a database and some files")
                .withExample(
                        "pgkeep manifest 20261121-203000F -o json 'base/5/1259*'", "tells a program about one relation")
                .withStatus(ErrorCode.BACKUP_UNKNOWN, "There is no backup of this label or name.")
                .withStatus(
                        ErrorCode.DAMAGED,
                        "The backup's record or manifest is missing or altered; nothing was listed.");
    }

    @Override
    public int run(Invocation invocation) {
        List<String> operands = invocation.operands(page(), 1, Integer.MAX_VALUE);
        Settings settings = invocation.settings();
        FileFilter filter = new FileFilter(operands.subList(1, operands.size()));
        try (Repository repository = invocation.repository()) {
            ClusterStore cluster = repository.cluster(new ClusterName(settings.cluster()));
            try (FileList files = FileList.open(cluster, cluster.label(operands.getFirst()), filter);
                    Output out = new Output(invocation.out())) {
                if (invocation.json()) {
                    FileListJson.print(out.stream(), cluster.name(), files);
                } else {
                    new FileListText(out.stream(), files).print();
                }
            }
        }
        return 0;
    }
}
