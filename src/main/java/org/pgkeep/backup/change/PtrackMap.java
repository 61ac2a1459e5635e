package org.pgkeep.backup.change;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.RelationFile;
import org.pgkeep.postgres.server.ChangeSource;
import org.pgkeep.progress.Progress;

/** Finds changes by the map of the extension ptrack 2. */
final class PtrackMap {
    private final ChangeSource server;
    private final Progress progress;

    PtrackMap(ChangeSource server, Progress progress) {
        this.server = server;
        this.progress = progress;
    }

    Finding find(Since since, ControlFile.Layout layout, Path temporary) {
        Optional<ChangeSource.Ptrack> ptrack = server.ptrack();
        if (ptrack.isEmpty()) {
            return new Finding.Unable("the extension ptrack 2 is not in the database that pgkeep connects to");
        }
        Lsn from = ptrack.get().trackedSince();
        if (from.isInvalid()) {
            return new Finding.Unable("ptrack tracks nothing: ptrack.map_size is 0");
        }
        if (since.base().isBefore(from)) {
            return new Finding.Unable(
                    "ptrack tracks changes since " + from + " only, the base begins at " + since.base());
        }
        ChangedBlocks blocks = new ChangedBlocks(layout, temporary);
        try (Progress.Step _ = progress.step("read ptrack's map", 0)) {
            ptrack.get().changedSince(since.base(), (path, map) -> tell(path, map, layout, blocks));
            return new Finding.Found(new Changes.Listed(Way.PTRACK, blocks));
        } catch (RuntimeException e) {
            blocks.close();
            throw e;
        }
    }

    private static void tell(String path, BitSet map, ControlFile.Layout layout, ChangedBlocks blocks) {
        RelationFile.parse(path)
                .filter(file -> file.fork() == RelationFile.Fork.MAIN && !file.isTemporary())
                .ifPresent(file -> map.stream()
                        .forEach(page -> blocks.page(
                                file.tablespace(),
                                file.database(),
                                file.node(),
                                file.firstBlock(layout.segmentBlocks()) + page)));
    }
}
