package org.pgkeep.repository;

import com.google.protobuf.WireFormat;

/** Numbers of {@code EntryProto} and {@code ExtentProto} in {@code manifest.proto}. */
final class EntryFields {
    static final int FILE = 1;
    static final int DIRECTORY = 2;
    static final int LINK = 3;

    // Fields of EntryProto.
    static final int PATH = 1;
    static final int TYPE = 2;
    static final int KIND = 3;
    static final int SIZE = 4;
    static final int MODE = 5;
    static final int OWNER = 6;
    static final int GROUP = 7;
    static final int MODIFIED_MICROS = 8;
    static final int HASH = 9;
    static final int EXTENTS = 10;
    static final int BAD_BLOCKS = 11;
    static final int LINK_TARGET = 12;
    static final int GROUP_HASHES = 13;

    // Fields of ExtentProto.
    static final int BLOCKS = 1;
    static final int SOURCE = 2;
    static final int PACK = 3;
    static final int FRAME = 4;
    static final int FIRST_BLOCK = 5;

    // How a field is written.
    static final int VARINT = WireFormat.WIRETYPE_VARINT;
    static final int FIXED64 = WireFormat.WIRETYPE_FIXED64;
    static final int BYTES = WireFormat.WIRETYPE_LENGTH_DELIMITED;

    private EntryFields() {}
}
