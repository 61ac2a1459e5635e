package org.pgkeep.cli;

import org.pgkeep.codec.Compression;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;

/** How WAL is compressed: as its own setting says, else after that of all else. */
final class WalCompression {
    private WalCompression() {}

    static Compression of(Settings settings) {
        return settings.find(Options.WAL_COMPRESSION)
                .map(Compression::parse)
                .orElseGet(() ->
                        Compression.parse(settings.get(Options.COMPRESSION)).ofWal());
    }
}
