package org.pgkeep.repository;

import com.google.protobuf.ByteString;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The path of a file of a cluster, relative to its data directory: any bytes but zero, components joined by {@code /}. Bytes and
 * not text, because a file's name is bytes on Linux and must come back as it was whatever the locale.
 *
 * <p>Ordered as a tree is walked: byte by byte, unsigned, with {@code /} below every other byte.
 */
public final class PathName implements Comparable<PathName> {
    private final byte[] bytes;

    private PathName(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The path with these bytes. */
    public static PathName of(byte[] bytes) {
        return new PathName(bytes.clone());
    }

    static PathName of(ByteString bytes) {
        return new PathName(bytes.toByteArray());
    }

    /** The path with this text in UTF-8. */
    public static PathName of(String text) {
        return new PathName(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes of one component, or of an absolute path, as the file system has them. */
    public static byte[] bytesOf(Path path) {
        String text = path.toString();
        if (isAscii(text)) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }
        // Outside ASCII a Path's text depends on the locale; its URI has the raw bytes, percent-encoded.
        String encoded = path.toAbsolutePath().toUri().getRawPath();
        if (encoded.length() > 1 && encoded.endsWith("/")) {
            encoded = encoded.substring(0, encoded.length() - 1);
        }
        byte[] decoded = percentDecoded(encoded);
        if (path.isAbsolute()) {
            return decoded;
        }
        byte[] base = percentDecoded(Path.of("").toAbsolutePath().toUri().getRawPath());
        return Arrays.copyOfRange(decoded, base.length, decoded.length);
    }

    /** The path of a child of this one. */
    public PathName child(byte[] name) {
        if (bytes.length == 0) {
            return of(name);
        }
        byte[] joined = Arrays.copyOf(bytes, bytes.length + 1 + name.length);
        joined[bytes.length] = '/';
        System.arraycopy(name, 0, joined, bytes.length + 1, name.length);
        return new PathName(joined);
    }

    /** Where this path is under a directory. */
    public Path under(Path directory) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return isAscii(text) ? directory.resolve(text) : pathOf(directory, bytes);
    }

    /** The file system's path with these bytes: absolute, or under a directory. */
    public static Path pathOf(Path directory, byte[] name) {
        String text = new String(name, StandardCharsets.ISO_8859_1);
        if (isAscii(text)) {
            return directory.resolve(text);
        }
        String base = directory.toAbsolutePath().toUri().getRawPath();
        String prefix = name[0] == '/' ? "" : base.endsWith("/") ? base : base + "/";
        return Path.of(URI.create("file://" + prefix + percentEncoded(name)));
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static String percentEncoded(byte[] name) {
        StringBuilder text = new StringBuilder(name.length * 3);
        for (byte b : name) {
            boolean plain = b == '/' || b == '.' || b == '_' || b == '-' || (b >= '0' && b <= '9') || isLetter(b);
            if (plain) {
                text.append((char) b);
            } else {
                text.append('%').append(digit(b >> 4)).append(digit(b));
            }
        }
        return text.toString();
    }

    private static boolean isLetter(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
    }

    private static char digit(int value) {
        return "0123456789ABCDEF".charAt(value & 15);
    }

    private static byte[] percentDecoded(String text) {
        byte[] decoded = new byte[text.length()];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                decoded[length++] = (byte) Integer.parseInt(text, i + 1, i + 3, 16);
                i += 2;
            } else {
                decoded[length++] = (byte) c;
            }
        }
        return Arrays.copyOf(decoded, length);
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** How many bytes it has. */
    int length() {
        return bytes.length;
    }

    ByteString proto() {
        return ByteString.copyFrom(bytes);
    }

    /** The path's text for code that matches PostgreSQL's own names, which are ASCII: one character a byte. */
    public String latin1() {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Whether this is the other or lies below it. */
    public boolean isAtOrBelow(PathName other) {
        int length = other.bytes.length;
        return bytes.length >= length
                && Arrays.equals(bytes, 0, length, other.bytes, 0, length)
                && (bytes.length == length || length == 0 || bytes[length] == '/');
    }

    @Override
    public int compareTo(PathName other) {
        int shared = Arrays.mismatch(bytes, other.bytes);
        if (shared < 0) {
            return 0;
        }
        if (shared == bytes.length || shared == other.bytes.length) {
            return Integer.compare(bytes.length, other.bytes.length);
        }
        return Integer.compare(rank(bytes[shared]), rank(other.bytes[shared]));
    }

    private static int rank(byte b) {
        return b == '/' ? 0 : b & 0xFF;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathName that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The path for people: UTF-8, with control characters and other bytes as {@code \xHH}. */
    @Override
    public String toString() {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return escaped(text, 0x20);
        } catch (CharacterCodingException e) {
            return escaped(latin1(), 0x7F);
        }
    }

    private static String escaped(String text, int plainFrom) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean control = c < 0x20 || c == 0x7F || (plainFrom == 0x7F && c >= 0x7F);
            if (control) {
                result.append("\\x").append(digit(c >> 4)).append(digit(c));
            } else {
                result.append(c);
            }
        }
        return result.toString();
    }
}
