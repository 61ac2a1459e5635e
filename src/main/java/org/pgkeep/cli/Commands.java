package org.pgkeep.cli;

import org.pgkeep.config.CommandName;

/** The command of each name. */
final class Commands {
    private Commands() {}

    /** The command; {@code bold} for its headings, if it prints any. */
    static Command of(CommandName name, boolean bold) {
        return switch (name) {
            case VERSION -> new VersionCommand();
            case CONFIG -> new ConfigCommand();
            case HELP -> new HelpCommand(bold);
            case COMPLETION -> new CompletionCommand();
            case INIT -> new InitCommand();
            case CHECK -> new CheckCommand();
            case UPGRADE -> new UpgradeCommand();
            case RESTORE -> new RestoreCommand();
            case INFO -> new InfoCommand();
            case METRICS -> new MetricsCommand();
            case BACKUP -> new BackupCommand();
            case ARCHIVE_PUSH -> new ArchivePushCommand();
            case ARCHIVE_GET -> new ArchiveGetCommand();
            case RECEIVE_WAL -> new ReceiveWalCommand();
            case WAL -> new WalCommand();
            case STOP -> new StopCommand();
            case START -> new StartCommand();
            case DEMO -> new DemoCommand();
            case VERIFY -> new VerifyCommand();
            case EXPIRE -> new ExpireCommand();
            case DELETE -> new DeleteCommand();
            case MERGE -> new MergeCommand();
            case COMPACT -> new CompactCommand();
            case COPY -> new CopyCommand();
            case FORGET -> new ForgetCommand();
            case PIN -> new PinCommand();
            case UNPIN -> new UnpinCommand();
            case ANNOTATE -> new AnnotateCommand();
            case MANIFEST -> new ManifestCommand();
            case REPO -> new RepoCommand();
            case KEY -> new KeyCommand();
        };
    }
}
