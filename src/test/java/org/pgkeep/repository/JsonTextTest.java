package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading the records' JSON, with Jackson, which prints it, as the other side. */
class JsonTextTest {
    private static Map<String, @Nullable Object> read(String text) throws JsonText.MalformedException {
        return JsonText.object(text.getBytes(StandardCharsets.UTF_8));
    }

    @Property(tries = 300)
    void whatIsPrintedIsReadBack(@ForAll("records") Map<String, Object> fields) throws JsonText.MalformedException {
        Map<String, @Nullable Object> read = JsonText.object(Json.print(fields));
        assertThat(read.remove("hash")).isInstanceOf(String.class);
        assertThat(read).isEqualTo(fields);
        assertThat(read.keySet()).containsExactlyElementsOf(fields.keySet());
    }

    @Provide
    Arbitrary<Map<String, Object>> records() {
        return objects(Arbitraries.lazyOf(
                Arbitraries::strings,
                Arbitraries::longs,
                () -> Arbitraries.of(true, false),
                () -> values().list().ofMaxSize(3),
                () -> objects(values()).map(map -> map)));
    }

    private Arbitrary<Object> values() {
        return Arbitraries.oneOf(
                Arbitraries.strings().map(text -> text), Arbitraries.longs().map(number -> number));
    }

    private static <T> Arbitrary<Map<String, T>> objects(Arbitrary<T> values) {
        return Arbitraries.maps(
                        Arbitraries.strings().alpha().ofMinLength(1).filter(name -> !name.equals("hash")), values)
                .ofMaxSize(5);
    }

    @Test
    void everyKindOfValueIsRead() throws JsonText.MalformedException {
        Map<String, @Nullable Object> read = read("""
                 { "a" : [ ] , "b":[{},[1,-2]],"c":1.5e3 ,
                "d" : null, "\\u00e4\\\\\\"\\/\\b\\f\\n\\r\\t\\uD83D\\ude00" : {"e":true,"f":false} }\t\r
                """);
        assertThat(read.get("a")).isEqualTo(List.of());
        assertThat(read.get("b")).isEqualTo(List.of(Map.of(), List.of(1L, -2L)));
        assertThat(read.get("c")).isEqualTo(1500.0);
        assertThat(read).containsEntry("d", null);
        assertThat(read.get("ä\\\"/\b\f\n\r\t😀")).isEqualTo(Map.of("e", true, "f", false));
    }

    @Test
    void anEscapeAtAnyPlaceOfAStringIsRead() throws JsonText.MalformedException {
        String text = "{\"\\\"\":\"\",\"a\\\"\":\"\\\\b\",\"c\":\"d\\ne\\tf\"}";
        assertThat(read(text)).containsExactly(Map.entry("\"", ""), Map.entry("a\"", "\\b"), Map.entry("c", "d\ne\tf"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "null",
                "{",
                "{}x",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{\"a\":1 \"b\":2}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":[1,]}",
                "{\"a\":[1}",
                "{\"a\":tru}",
                "{\"a\":+1}",
                "{\"a\":1.2.3}",
                "{\"a\":--1}",
                "{\"a\":9223372036854775808}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"\\u12",
                "{\"a\":\"",
                "{\"a\":\"tab\there\"}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":NaN}"
            })
    void whatIsNoObjectIsRefused(String text) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(JsonText.MalformedException.class)
                .hasMessageContaining("at character");
    }

    @Test
    void deepNestingIsRefusedBeforeItFillsTheStack() {
        String deep = "{\"a\":" + "[".repeat(100_000);
        assertThatThrownBy(() -> read(deep)).hasMessageContaining("too many levels");
    }

    @Test
    void bytesThatAreNoTextAreRefused() {
        byte[] bytes = "{\"a\":\"?\"}".getBytes(StandardCharsets.UTF_8);
        bytes[6] = (byte) 0xFF;
        assertThatThrownBy(() -> JsonText.object(bytes)).hasMessage("bytes that are not UTF-8");
        byte[] cut = Arrays.copyOf("{\"a\":\"ä".getBytes(StandardCharsets.UTF_8), 7);
        assertThatThrownBy(() -> JsonText.object(cut)).isInstanceOf(JsonText.MalformedException.class);
    }
}
