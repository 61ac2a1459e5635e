package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

final class KnownReferencesTest {
    private static final Instant BEGIN = Instant.parse("2026-11-21T00:00:00Z");

    private final KnownReferences known = new KnownReferences();

    private List<BackupRecord.Reference> parse(List<String> texts) {
        return known.parse(texts, text -> new PgkeepException(ErrorCode.DAMAGED, "'" + text + "'"));
    }

    private static String text(int number) {
        return Label.of(BEGIN.plusSeconds(number), BackupType.INCREMENTAL) + " " + (number + 1);
    }

    @Test
    void whatARecordNamesAgainIsGivenAgain() {
        List<String> texts = new ArrayList<>();
        List<BackupRecord.Reference> before = List.of();
        for (int i = 0; i < 50; i++) {
            texts = new ArrayList<>(texts);
            texts.add(text(i));
            List<BackupRecord.Reference> now = parse(texts);
            assertThat(now)
                    .isEqualTo(texts.stream()
                            .map(text -> BackupRecord.Reference.parse(text).orElseThrow())
                            .toList());
            for (int j = 0; j < before.size(); j++) {
                assertThat(now.get(j)).isSameAs(before.get(j));
            }
            before = now;
        }
        assertThat(parse(texts.subList(0, 3))).isEqualTo(before.subList(0, 3));
        assertThat(parse(List.of())).isEmpty();
        assertThat(parse(texts)).isEqualTo(before);
    }

    @Test
    void whatIsNoReferenceIsNoneTheSecondTimeEither() {
        for (String text :
                new String[] {"", "20261121-000000F", "20261121-000000F ", "20261121-000000X 1", "20261121-000000F 2-1"
                }) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> parse(List.of(text(1), text))).hasMessage("'" + text + "'");
            }
        }
    }

    /** Arrays one after another, each beginning as the one before it, up to some place, or altogether otherwise. */
    @Property(tries = 500)
    void arraysAreReadAsWithoutMemory(@ForAll("arrays") List<List<String>> arrays) throws JsonText.MalformedException {
        RepeatedTexts repeated = new RepeatedTexts();
        for (List<String> array : arrays) {
            String json = "{\"before\":1, \"texts\" : ["
                    + array.stream()
                            .map(text -> "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
                            .collect(Collectors.joining(array.size() % 2 == 0 ? "," : " , "))
                    + "], \"after\":[\"x\",2]}";
            Map<String, @Nullable Object> read = JsonText.object(json.getBytes(StandardCharsets.UTF_8), repeated);
            assertThat(read).isEqualTo(Map.of("before", 1L, "texts", array, "after", List.of("x", 2L)));
        }
    }

    @Provide
    Arbitrary<List<List<String>>> arrays() {
        Arbitrary<String> texts = Arbitraries.of("a", "ab", "b\"", "\\", "", "20261121-000000F 1", "ä");
        Arbitrary<List<String>> pieces = texts.list().ofMaxSize(12);
        Arbitrary<Integer> kept = Arbitraries.integers().between(0, 40);
        return pieces.flatMap(first -> pieces.list()
                .ofMaxSize(8)
                .flatMap(tails -> kept.list().ofSize(tails.size()).map(keeps -> {
                    List<List<String>> arrays = new ArrayList<>(List.of(first));
                    for (int i = 0; i < tails.size(); i++) {
                        List<String> before = arrays.getLast();
                        List<String> next = new ArrayList<>(before.subList(0, Math.min(keeps.get(i), before.size())));
                        next.addAll(tails.get(i));
                        arrays.add(next);
                    }
                    return arrays;
                })));
    }
}
