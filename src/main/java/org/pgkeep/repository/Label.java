package org.pgkeep.repository;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.Optional;

/**
 * The name of a backup: UTC start time to the second, then its type: {@code 20261121-203000F}. Unique in a cluster, ordered by
 * time.
 */
public record Label(String value) implements Comparable<Label> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);

    /** The label of a backup that starts at this second. */
    public static Label of(Instant start, BackupType type) {
        return new Label(TIME.format(LocalDateTime.ofInstant(start, ZoneOffset.UTC)) + type.letter());
    }

    /** The label in this text; empty when it is none. */
    public static Optional<Label> parse(String text) {
        if (text.length() != 16 || BackupType.ofLetter(text.charAt(15)).isEmpty()) {
            return Optional.empty();
        }
        try {
            LocalDateTime _ = LocalDateTime.parse(text.substring(0, 15), TIME);
            return Optional.of(new Label(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** When the backup started, to the second. */
    public Instant start() {
        return LocalDateTime.parse(value.substring(0, 15), TIME).toInstant(ZoneOffset.UTC);
    }

    /** The backup's type. */
    public BackupType type() {
        return BackupType.ofLetter(value.charAt(15)).orElseThrow();
    }

    @Override
    public int compareTo(Label other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
