package org.pgkeep.restore;

import java.nio.file.Path;

/** A symbolic link that is made as it was: nothing of the backup is written through it. */
record KeptLink(Path location, Path text, FileTable.Ownership ownership) {}
