package org.pgkeep.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

final class MajorVersionTest {
    @ParameterizedTest
    @CsvSource({"90624, 9.6, 24, 9.6.24", "100023, 10, 23, 10.23", "170011, 17, 11, 17.11", "180006, 18, 6, 18.6"})
    void aVersionNumberIsReadAsPostgresqlPrintsIt(int number, String major, int minor, String text) {
        PostgresVersion version = new PostgresVersion(number);
        assertThat(version.major()).isEqualTo(major);
        assertThat(version.minor()).isEqualTo(minor);
        assertThat(version).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 80323, 90524, 90700, 190000, -1})
    void aVersionThatTheTableDoesNotKnowIsRefused(int number) {
        assertThatThrownBy(() -> new PostgresVersion(number))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VERSION_UNSUPPORTED))
                .hasMessageContaining(Integer.toString(number));
    }

    @ParameterizedTest
    @EnumSource
    void eachVersionIsFoundByEverythingThatIdentifiesIt(MajorVersion version) {
        assertThat(MajorVersion.ofNumber(version.firstNumber())).contains(version);
        assertThat(MajorVersion.ofCatalogVersion(version.catalogVersion())).contains(version);
        assertThat(MajorVersion.ofWalMagic(version.walMagic())).contains(version);
        assertThat(MajorVersion.ofText(version.text())).contains(version);
    }

    @Test
    void numbersThatIdentifyAVersionGrowFromRowToRow() {
        MajorVersion[] rows = MajorVersion.values();
        assertThat(Arrays.stream(rows).map(MajorVersion::firstNumber))
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(Arrays.stream(rows).map(MajorVersion::controlVersion)).isSorted();
        assertThat(Arrays.stream(rows).map(MajorVersion::catalogVersion))
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(Arrays.stream(rows).map(MajorVersion::walMagic)).isSorted().doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({
        "V9_6, pg_xlog, pg_clog, PG_9.6_201608131, true, 'pg_start_backup(?, ?, false)', pg_stop_backup(false)",
        "V11, pg_wal, pg_xact, PG_11_201809051, true, 'pg_start_backup(?, ?, false)', 'pg_stop_backup(false, false)'",
        "V14, pg_wal, pg_xact, PG_14_202107181, false, 'pg_start_backup(?, ?, false)', 'pg_stop_backup(false, false)'",
        "V15, pg_wal, pg_xact, PG_15_202209061, false, 'pg_backup_start(?, ?)', pg_backup_stop(false)"
    })
    void factsFollowTheRelease(
            MajorVersion version,
            String wal,
            String transactions,
            String tablespace,
            boolean recoveryConf,
            String start,
            String stop) {
        assertThat(version.walDirectory()).isEqualTo(wal);
        assertThat(version.transactionDirectory()).isEqualTo(transactions);
        assertThat(version.tablespaceDirectory()).isEqualTo(tablespace);
        assertThat(version.usesRecoveryConf()).isEqualTo(recoveryConf);
        assertThat(version.backupStartCall()).isEqualTo(start);
        assertThat(version.backupStopCall()).isEqualTo(stop);
    }

    @Test
    void theManifestFormatFollowsTheRelease() {
        assertThat(MajorVersion.V12.manifestVersion()).isEmpty();
        assertThat(MajorVersion.V13.manifestVersion()).hasValue(1);
        assertThat(MajorVersion.V16.manifestVersion()).hasValue(1);
        assertThat(MajorVersion.V17.manifestVersion()).hasValue(2);
    }

    @Test
    void versionsCompareByAge() {
        PostgresVersion older = new PostgresVersion(90624);
        PostgresVersion newer = new PostgresVersion(120022);
        assertThat(older).isLessThan(newer);
        assertThat(older.isAtLeast(10)).isFalse();
        assertThat(newer.isAtLeast(12)).isTrue();
        assertThat(newer.isAtLeast(13)).isFalse();
        assertThat(newer.isAtLeast(MajorVersion.V11)).isTrue();
    }
}
