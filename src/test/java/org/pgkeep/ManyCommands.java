package org.pgkeep;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * A program that runs one command line after another in one process: a Java machine that is warm takes a fraction of the time of
 * one that begins. Started by {@link org.pgkeep.harness.WarmPgkeep}, with which it speaks over its standard streams.
 *
 * <pre>
 * in    byte count, count × UTF                 a command line; the end of the stream ends the program
 * out   int status, 2 × (int length, bytes)    what it ended with, and wrote to standard output and error
 * </pre>
 */
public final class ManyCommands {
    private ManyCommands() {}

    /** Runs what comes, whatever the arguments. */
    public static void main(String[] ignored) throws IOException {
        try (DataInputStream commands = new DataInputStream(new FileInputStream(FileDescriptor.in));
                DataOutputStream results = new DataOutputStream(new FileOutputStream(FileDescriptor.out))) {
            for (int count = commands.read(); count >= 0; count = commands.read()) {
                String[] arguments = new String[count];
                for (int i = 0; i < count; i++) {
                    arguments[i] = commands.readUTF();
                }
                run(arguments, results);
            }
        }
    }

    private static void run(String[] arguments, DataOutputStream results) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = Main.cli(stream(out), stream(err)).run(arguments);
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        try (DataOutputStream fields = new DataOutputStream(result)) {
            fields.writeInt(status);
            fields.writeInt(out.size());
            out.writeTo(fields);
            fields.writeInt(err.size());
            err.writeTo(fields);
        }
        results.write(result.toByteArray());
        results.flush();
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, false, StandardCharsets.UTF_8);
    }
}
