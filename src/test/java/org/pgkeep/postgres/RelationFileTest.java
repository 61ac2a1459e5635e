package org.pgkeep.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.postgres.RelationFile.Fork;

final class RelationFileTest {
    @ParameterizedTest
    @CsvSource({
        "base/16384/2619, 1663, 16384, 2619, MAIN, 0",
        "base/16384/2619_fsm.1, 1663, 16384, 2619, FSM, 1",
        "base/5/16401_vm, 1663, 5, 16401, VM, 0",
        "base/5/16401_init, 1663, 5, 16401, INIT, 0",
        "base/4294967295/4294967295.32767, 1663, 4294967295, 4294967295, MAIN, 32767",
        "global/1262, 1664, 0, 1262, MAIN, 0",
        "pg_tblspc/16400/PG_15_202209061/5/16401, 16400, 5, 16401, MAIN, 0",
        "pg_tblspc/16400/PG_9.6_201608131/5/16401_fsm, 16400, 5, 16401, FSM, 0",
    })
    void aRelationFileIsKnownByItsPath(String path, long tablespace, long database, long node, Fork fork, int segment) {
        RelationFile file = RelationFile.parse(path).orElseThrow();
        assertThat(file.tablespace()).isEqualTo(tablespace);
        assertThat(file.database()).isEqualTo(database);
        assertThat(file.node()).isEqualTo(node);
        assertThat(file.fork()).isEqualTo(fork);
        assertThat(file.segment()).isEqualTo(segment);
        assertThat(file.isTemporary()).isFalse();
        assertThat(path).endsWith("/" + file.fileName());
    }

    @Test
    void aTemporaryRelationNamesItsBackend() {
        RelationFile file = RelationFile.parse("base/16384/t3_16401_fsm").orElseThrow();
        assertThat(file.backend()).hasValue(3);
        assertThat(file.isTemporary()).isTrue();
        assertThat(file.fileName()).isEqualTo("t3_16401_fsm");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "base",
                "base/",
                "base/16384",
                "base/16384/",
                "base/16384/PG_VERSION",
                "base/16384/pg_filenode.map",
                "base/16384/pg_internal.init",
                "base/16384/0",
                "base/16384/02619",
                "base/0/2619",
                "base/16384/4294967296",
                "base/16384/99999999999",
                "base/16384/2619.0",
                "base/16384/2619.01",
                "base/16384/2619.",
                "base/16384/2619_",
                "base/16384/2619_cfm",
                "base/16384/2619_fsm_vm",
                "base/16384/2619.1_fsm",
                "base/16384/2619 ",
                "base/16384/2619.1.2",
                "base/16384/-1",
                "base/16384/t_16401",
                "base/16384/t3_",
                "base/pgsql_tmp/16384",
                "base/16384/sub/2619",
                "global/pg_control",
                "global/1262/1",
                "pg_multixact/offsets/1000",
                "pg_multixact/1000",
                "pg_xact/0000",
                "pg_tblspc/16400/16401",
                "pg_tblspc/16400/PG_15/5/16401",
                "pg_tblspc/16400/PG_15_202209061/16401",
                "pg_tblspc/16400/PG_15_202209061/pgsql_tmp/16401",
                "pg_tblspc/x/PG_15_202209061/5/16401",
                "16384/2619",
                "/base/16384/2619",
            })
    void whatPostgresqlDoesNotWriteIsNoRelationFile(String path) {
        assertThat(RelationFile.parse(path)).isEmpty();
    }

    @Property
    void everyNameThatPostgresqlBuildsIsReadBack(
            @ForAll @LongRange(min = 1, max = 0xFFFF_FFFFL) long database,
            @ForAll @LongRange(min = 1, max = 0xFFFF_FFFFL) long node,
            @ForAll Fork fork,
            @ForAll @IntRange(max = 32767) int segment) {
        String suffix = fork == Fork.MAIN ? "" : "_" + fork.name().toLowerCase(java.util.Locale.ROOT);
        String name = node + suffix + (segment == 0 ? "" : "." + segment);
        RelationFile file = RelationFile.parse("base/" + database + "/" + name).orElseThrow();
        assertThat(file.fileName()).isEqualTo(name);
        assertThat(file.database()).isEqualTo(database);
    }

    @Property
    void noTextIsTooStrangeToBeAsked(@ForAll("paths") String path) {
        RelationFile.parse(path).ifPresent(file -> assertThat(path).endsWith(file.fileName()));
    }

    @Provide
    Arbitrary<String> paths() {
        Arbitrary<String> part = Arbitraries.of(
                "base",
                "global",
                "pg_tblspc",
                "/",
                "_fsm",
                ".",
                "1",
                "t",
                "_",
                "PG_17_202406281",
                "0",
                "99999999999",
                "x");
        return part.list().ofMaxSize(10).map(parts -> String.join("", parts));
    }

    @Test
    void blocksAreCountedOverAllSegmentsOfAFork() {
        RelationFile file = RelationFile.parse("base/1/2.32767").orElseThrow();
        assertThat(file.firstBlock(131072)).isEqualTo(4294836224L);
    }

    @Test
    void forksOfOneRelationBelongTogether() {
        RelationFile main = RelationFile.parse("base/1/2.1").orElseThrow();
        assertThat(main.isSameRelation(RelationFile.parse("base/1/2_init").orElseThrow()))
                .isTrue();
        assertThat(main.isSameRelation(RelationFile.parse("base/1/3").orElseThrow()))
                .isFalse();
        assertThat(main.isSameRelation(RelationFile.parse("global/2").orElseThrow()))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "base/1/1259, MAIN_FORK",
        "base/1/1259.7, MAIN_FORK",
        "base/1/1259_fsm, OTHER_FORK",
        "base/1/1259_init, OTHER_FORK",
        "global/pg_control, CONTROL",
        "pg_xact/0000, SLRU",
        "pg_clog/00FF, SLRU",
        "pg_multixact/offsets/1000, SLRU",
        "pg_multixact/members/14078, SLRU",
        "pg_commit_ts/0000000000000A1, SLRU",
        "pg_xact/000, OTHER",
        "pg_xact/00fF, OTHER",
        "pg_multixact/1000, OTHER",
        "pg_wal/000000010000000000000001, OTHER",
        "global/pg_filenode.map, OTHER",
        "postgresql.conf, OTHER",
        "PG_VERSION, OTHER",
    })
    void theKindOfAFileIsKnownByItsPath(String path, FileKind kind) {
        assertThat(FileKind.ofPath(path)).isEqualTo(kind);
        assertThat(FileKind.ofCode(kind.code())).contains(kind);
    }
}
