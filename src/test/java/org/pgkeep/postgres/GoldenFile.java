package org.pgkeep.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** Bytes that real servers wrote, kept beside the tests. */
final class GoldenFile {
    private GoldenFile() {}

    /** The data of a {@code pg_control}, without its tail of zeros. */
    static byte[] control(String name) {
        return read("pg_control/" + name);
    }

    /** A page of {@code pg_class} of a cluster with checksums, PostgreSQL 17. */
    static byte[] page(String name) {
        try (InputStream in = new GZIPInputStream(open("page/" + name + ".gz"))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] read(String name) {
        try (InputStream in = open(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String name) {
        return Objects.requireNonNull(GoldenFile.class.getResourceAsStream(name), name);
    }
}
