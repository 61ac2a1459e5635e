package org.pgkeep.repository;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;

/**
 * The repository's small JSON records as ordered maps, in their {@link RecordEnvelope}: the first field is the format, the
 * last one the hash of everything else.
 */
final class Json {
    private final Map<String, @Nullable Object> fields;
    private final String location;

    private Json(Map<String, @Nullable Object> fields, String location) {
        this.fields = fields;
        this.location = location;
    }

    /**
     * Reads a record.
     *
     * @param location where it is, for errors
     * @throws PgkeepException {@code DAMAGED} when it is not as it was written, {@code TOO_NEW} when its format is above this one
     */
    static Json parse(byte[] bytes, String location, int formatMax) {
        return parse(bytes, location, formatMax, new RepeatedTexts());
    }

    /** The same for who reads many that are much alike. */
    static Json parse(byte[] bytes, String location, int formatMax, RepeatedTexts repeated) {
        RecordEnvelope.check(bytes, location);
        Json json = parseAny(bytes, location, repeated);
        if (json.number("format") > formatMax) {
            throw new PgkeepException(
                    ErrorCode.TOO_NEW,
                    location + " has format " + json.number("format") + ", this pgkeep knows up to " + formatMax,
                    "Use a newer pgkeep with this repository.");
        }
        return json;
    }

    private static Json parseAny(byte[] bytes, String location, RepeatedTexts repeated) {
        try {
            return new Json(JsonText.object(bytes, repeated), location);
        } catch (JsonText.MalformedException e) {
            throw new PgkeepException(ErrorCode.DAMAGED, location + " is not a JSON object: " + e.getMessage())
                    .causedBy(e);
        }
    }

    /** Where the record is, for errors. */
    String location() {
        return location;
    }

    String text(String name) {
        return optionalText(name).orElseThrow(() -> wrong(name));
    }

    Optional<String> optionalText(String name) {
        return fields.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    long number(String name) {
        if (fields.get(name) instanceof Long number) {
            return number;
        }
        throw wrong(name);
    }

    boolean flag(String name) {
        if (fields.get(name) instanceof Boolean flag) {
            return flag;
        }
        throw wrong(name);
    }

    /** A number that fits an {@code int}. */
    int integer(String name) {
        long number = number(name);
        if (number != (int) number) {
            throw wrong(name);
        }
        return (int) number;
    }

    /** A timeline: 32 bits, unsigned. */
    int unsignedInteger(String name) {
        long number = number(name);
        if (number < 0 || number > 0xFFFF_FFFFL) {
            throw wrong(name);
        }
        return (int) number;
    }

    /** A number of 64 bits, unsigned, which JSON cannot hold and a text can. */
    long unsignedLong(String name, int radix) {
        try {
            return Long.parseUnsignedLong(text(name), radix);
        } catch (NumberFormatException e) {
            throw wrong(name).causedBy(e);
        }
    }

    /** Bytes as hexadecimal digits. */
    String hex(String name, int bytes) {
        String text = text(name);
        if (text.length() != 2 * bytes || !text.chars().allMatch(HexFormat::isHexDigit)) {
            throw wrong(name);
        }
        return text;
    }

    Instant instant(String name) {
        try {
            return InstantText.parse(text(name));
        } catch (DateTimeException e) {
            throw wrong(name).causedBy(e);
        }
    }

    Lsn lsn(String name) {
        try {
            return Lsn.parse(text(name));
        } catch (PgkeepException e) {
            throw wrong(name).causedBy(e);
        }
    }

    Label label(String name) {
        return Label.parse(text(name)).orElseThrow(() -> wrong(name));
    }

    Optional<Label> optionalLabel(String name) {
        return fields.containsKey(name) ? Optional.of(label(name)) : Optional.empty();
    }

    List<Label> labels(String name) {
        List<Label> result = new ArrayList<>();
        for (Object element : list(name)) {
            result.add(Label.parse(String.valueOf(element)).orElseThrow(() -> wrong(name)));
        }
        return result;
    }

    List<Json> objects(String name) {
        List<Json> result = new ArrayList<>();
        for (Object element : list(name)) {
            result.add(new Json(asObject(name, element), location));
        }
        return result;
    }

    /** None where the field is absent. */
    List<String> optionalTexts(String name) {
        return fields.containsKey(name) ? texts(name) : List.of();
    }

    Optional<Json> optionalObject(String name) {
        return fields.containsKey(name) ? Optional.of(object(name)) : Optional.empty();
    }

    List<Long> numbers(String name) {
        return values(name, Long.class);
    }

    List<String> texts(String name) {
        return values(name, String.class);
    }

    private <T> List<T> values(String name, Class<T> kind) {
        List<T> result = new ArrayList<>();
        for (Object element : list(name)) {
            if (!kind.isInstance(element)) {
                throw wrong(name);
            }
            result.add(kind.cast(element));
        }
        return result;
    }

    /** All fields of an object whose fields are not known beforehand; each must be a text. */
    SortedMap<String, String> texts() {
        SortedMap<String, String> texts = new TreeMap<>();
        fields.keySet().forEach(name -> texts.put(name, text(name)));
        return texts;
    }

    Json object(String name) {
        return new Json(asObject(name, fields.get(name)), location);
    }

    private List<?> list(String name) {
        if (fields.get(name) instanceof List<?> list) {
            return list;
        }
        throw wrong(name);
    }

    private Map<String, @Nullable Object> asObject(String name, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw wrong(name);
        }
        Map<String, @Nullable Object> result = new LinkedHashMap<>();
        map.forEach((key, element) -> result.put(String.valueOf(key), element));
        return result;
    }

    PgkeepException wrong(String name) {
        return new PgkeepException(
                ErrorCode.DAMAGED, location + ": field '" + name + "' is missing or of the wrong kind");
    }

    /** The bytes of a record: pretty-printed, a line break at the end, so that a person can read it with {@code cat}. */
    static byte[] print(Map<String, ?> fields) {
        Map<String, Object> all = new LinkedHashMap<>(fields);
        all.put("hash", RecordEnvelope.NO_HASH);
        return RecordEnvelope.seal(printAny(all));
    }

    private static byte[] printAny(Map<String, ?> fields) {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try (JsonGenerator generator = new JsonFactory().createGenerator(target)) {
            // Line ends are the same on every system: the hash depends on them.
            generator.setPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));
            write(generator, fields);
        } catch (IOException e) {
            throw new PgkeepException(ErrorCode.BUG, "cannot print JSON").causedBy(e);
        }
        target.writeBytes("\n".getBytes(StandardCharsets.US_ASCII));
        return target.toByteArray();
    }

    private static void write(JsonGenerator generator, Object value) throws IOException {
        switch (value) {
            case Map<?, ?> map -> {
                generator.writeStartObject();
                for (Map.Entry<?, ?> field : map.entrySet()) {
                    generator.writeFieldName(String.valueOf(field.getKey()));
                    write(generator, field.getValue());
                }
                generator.writeEndObject();
            }
            case List<?> list -> {
                generator.writeStartArray();
                for (Object element : list) {
                    write(generator, element);
                }
                generator.writeEndArray();
            }
            case Boolean flag -> generator.writeBoolean(flag);
            case Integer number -> generator.writeNumber(number.intValue());
            case Long number -> generator.writeNumber(number.longValue());
            default -> generator.writeString(value.toString());
        }
    }
}
