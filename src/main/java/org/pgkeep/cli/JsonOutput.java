package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.PrintStream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** Prints one JSON document, indented, as UTF-8 with line feeds. */
final class JsonOutput {
    private JsonOutput() {}

    /** Writes the document's content. */
    interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    /** Prints an object of these fields. */
    static void print(PrintStream out, Body fields) {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentObjectsWith(indenter);
        printer.indentArraysWith(indenter);
        JsonFactory factory = JsonFactory.builder()
                .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                .build();
        try (JsonGenerator json = factory.createGenerator(out)) {
            json.setPrettyPrinter(printer);
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.BUG, "print the result", e);
        }
        out.println();
    }

    /** An error as the document that a program gets in place of a result. */
    static void printError(PrintStream out, PgkeepException error) {
        print(out, json -> writeError(json, error));
    }

    /** The field of an error, in an object that is open. */
    static void writeError(JsonGenerator json, PgkeepException error) throws IOException {
        json.writeObjectFieldStart("error");
        json.writeStringField("code", error.code().name());
        json.writeNumberField("status", error.code().exitStatus());
        json.writeStringField("message", String.valueOf(error.getMessage()));
        if (error.hint().isPresent()) {
            json.writeStringField("hint", error.hint().get());
        }
        json.writeEndObject();
    }
}
