package org.pgkeep.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.PgkeepException;

/** {@code backup_label} and {@code tablespace_map}, as real servers returned them. */
final class BackupFilesTest {
    private static final String LABEL_18 = """
            START WAL LOCATION: 0/2000028 (file 000000010000000000000002)
            CHECKPOINT LOCATION: 0/2000080
            BACKUP METHOD: streamed
            BACKUP FROM: primary
            START TIME: 2026-11-21 22:55:41 UTC
            LABEL: lab"el é
            START TIMELINE: 1
            """;

    @Test
    void aBackupLabelTellsWhereRecoveryBegins() {
        BackupLabelFile label = BackupLabelFile.parse(LABEL_18);
        assertThat(label.start()).isEqualTo(Lsn.parse("0/2000028"));
        assertThat(label.startSegment()).hasToString("000000010000000000000002");
        assertThat(label.checkpoint()).isEqualTo(Lsn.parse("0/2000080"));
        assertThat(label.method()).isEqualTo("streamed");
        assertThat(label.from()).isEqualTo("primary");
        assertThat(label.startTime()).isEqualTo("2026-11-21 22:55:41 UTC");
        assertThat(label.label()).isEqualTo("lab\"el é");
        assertThat(label.startTimeline()).hasValue(1);
        assertThat(label.timeline()).isEqualTo(1);
        assertThat(label.isFromStandby()).isFalse();
        assertThat(label.print()).isEqualTo(LABEL_18);
    }

    @Test
    void before11ALabelDoesNotStateItsTimeline() {
        String text = LABEL_18.replace("START TIMELINE: 1\n", "").replace("primary", "standby");
        BackupLabelFile label = BackupLabelFile.parse(text);
        assertThat(label.startTimeline()).isEmpty();
        assertThat(label.timeline()).isEqualTo(1);
        assertThat(label.isFromStandby()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"START WAL", "CHECKPOINT", "BACKUP METHOD", "BACKUP FROM", "START TIME:", "LABEL"})
    void aLabelWithoutOneOfItsLinesIsDamaged(String line) {
        assertThatThrownBy(() -> BackupLabelFile.parse(LABEL_18.replace(line, "x")))
                .isInstanceOf(PgkeepException.class)
                .hasMessageContaining("backup_label");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"V9_6|16391 /ts nl\\~x\\~", "V13|16391 /ts nl\\~x\\~", "V14|16391 /ts nl\\~x\\\\~"})
    void aPathWithNewlineAndBackslashIsEscapedAsEachServerDoes(MajorVersion version, String text) {
        String map = text.replace('~', '\n');
        TablespaceMap expected = new TablespaceMap(new TreeMap<>(Map.of(16391L, "/ts nl\nx\\")));
        assertThat(expected.print(version)).isEqualTo(map);
        if (version.escapesBackslashInTablespaceMap()) {
            assertThat(TablespaceMap.parse(version, map)).isEqualTo(expected);
        }
    }

    @Property
    void anyTablespaceMapIsReadBack(@ForAll("paths") Map<Long, String> paths) {
        TablespaceMap map = new TablespaceMap(new TreeMap<>(paths));
        assertThat(TablespaceMap.parse(MajorVersion.V18, map.print(MajorVersion.V18)))
                .isEqualTo(map);
    }

    @Provide
    Arbitrary<Map<Long, String>> paths() {
        Arbitrary<String> path = Arbitraries.strings()
                .withChars("/ab \\\n\ré'\"")
                .ofMaxLength(12)
                .map(text -> "/" + text);
        return Arbitraries.maps(Arbitraries.longs().between(1, 0xFFFF_FFFFL), path)
                .ofMaxSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x /path\n", "/path\n", "-1 /path\n", "99999999999 /path\n", "16384\n"})
    void aMapWithAnotherLineIsDamaged(String text) {
        assertThatThrownBy(() -> TablespaceMap.parse(MajorVersion.V18, text)).isInstanceOf(PgkeepException.class);
    }
}
