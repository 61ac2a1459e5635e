package org.pgkeep.config;

import java.util.Optional;

/** A compression method and, where it has them, a level: {@code zstd}, {@code zstd:3}, {@code none}. */
public record Compression() implements OptionType<String> {
    @Override
    public Optional<String> parse(String text) {
        int colon = text.indexOf(':');
        String method = colon < 0 ? text : text.substring(0, colon);
        Optional<OptionType.Whole> levels = switch (method) {
            case "zstd" -> Optional.of(new OptionType.Whole(-7, 19));
            case "gzip", "bzip2" -> Optional.of(new OptionType.Whole(1, 9));
            default -> Optional.empty();
        };
        boolean bare = colon < 0 && (levels.isPresent() || method.equals("lz4") || method.equals("none"));
        boolean levelled = colon > 0
                && levels.flatMap(range -> range.parse(text.substring(colon + 1)))
                        .isPresent();
        return bare || levelled ? Optional.of(text) : Optional.empty();
    }

    @Override
    public String allowed() {
        return "zstd or zstd:-7 to zstd:19, lz4, gzip or gzip:1 to gzip:9, bzip2 or bzip2:1 to bzip2:9, or none";
    }

    @Override
    public String label() {
        return "METHOD[:LEVEL]";
    }
}
