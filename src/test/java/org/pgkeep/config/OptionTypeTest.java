package org.pgkeep.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionTypeTest {
    @Test
    void anIntegerKeepsItsLimits() {
        OptionType<Integer> port = new OptionType.Whole(1, 65535);
        assertThat(port.parse("1")).contains(1);
        assertThat(port.parse("65535")).contains(65535);
        for (String wrong : List.of("0", "65536", "-1", "1.5", "", " 1", "0x10", "99999999999", "one")) {
            assertThat(port.parse(wrong)).as(wrong).isEmpty();
        }
        assertThat(port.allowed()).isEqualTo("an integer from 1 to 65535");
    }

    @Test
    void autoIsOneWorkerForEachProcessorWithinTheLimit() {
        assertThat(new Workers(1).parse("auto")).contains(1);
        assertThat(new Workers(4096).parse("auto"))
                .contains(Runtime.getRuntime().availableProcessors());
        assertThat(new Workers(8).parse("8")).contains(8);
        assertThat(new Workers(8).parse("9")).isEmpty();
        assertThat(new Workers(8).parse("0")).isEmpty();
    }

    @Test
    void aSizeKeepsItsLimitsInAnyUnit() {
        OptionType<Long> size = new Size(16L << 20, 1L << 30);
        assertThat(size.parse("16MiB")).contains(16L << 20);
        assertThat(size.parse("16777216")).contains(16L << 20);
        assertThat(size.parse("1 GB")).contains(1L << 30);
        for (String wrong : List.of("15MiB", "16777215", "1025MiB", "-1", "much", "")) {
            assertThat(size.parse(wrong)).as(wrong).isEmpty();
        }
        assertThat(size.allowed()).isEqualTo("a size from 16 MiB to 1 GiB, such as '64MiB'");
    }

    @Test
    void aDurationKeepsItsLimitsAndNeedsAUnit() {
        OptionType<Duration> span = new Span(Duration.ofSeconds(1), Duration.ofHours(1));
        assertThat(span.parse("1s")).contains(Duration.ofSeconds(1));
        assertThat(span.parse("60min")).contains(Duration.ofHours(1));
        for (String wrong : List.of("999ms", "61min", "60", "soon", "")) {
            assertThat(span.parse(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void aCompressionIsAMethodWithALevelOfItsOwn() {
        OptionType<String> compression = new Compression();
        for (String sound :
                List.of("zstd", "zstd:1", "zstd:19", "zstd:-7", "lz4", "gzip", "gzip:9", "bzip2:1", "none")) {
            assertThat(compression.parse(sound)).as(sound).contains(sound);
        }
        for (String wrong : List.of("zstd:", "zstd:20", "gzip:0", "gzip:10", "lz4:1", "none:1", "xz", ":3", "")) {
            assertThat(compression.parse(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void aNameCanBecomePartOfAnObjectName() {
        OptionType<String> name = new OptionType.Name();
        assertThat(name.parse("main-17_a.b")).contains("main-17_a.b");
        assertThat(name.parse("x".repeat(64))).isPresent();
        for (String wrong : List.of("", ".", "..", ".x", "-x", "_x", "a/b", "a b", "ä", "x".repeat(65))) {
            assertThat(name.parse(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void aPathIsMadeAbsolute() {
        OptionType<Path> path = new OptionType.PathName("DIR");
        assertThat(path.parse("a/../b")).contains(Path.of("b").toAbsolutePath());
        assertThat(path.parse("~/x")).contains(Path.of(System.getProperty("user.home"), "x"));
        assertThat(path.parse("")).isEmpty();
        assertThat(path.parse("a\0b")).isEmpty();
    }

    @Test
    void aFlagReadsTheWordsOfSettings() {
        OptionType<Boolean> flag = new OptionType.Flag();
        for (String yes : List.of("true", "on", "yes", "1")) {
            assertThat(flag.parse(yes)).as(yes).contains(true);
        }
        for (String no : List.of("false", "off", "no", "0")) {
            assertThat(flag.parse(no)).as(no).contains(false);
        }
        assertThat(flag.parse("maybe")).isEmpty();
    }

    @Test
    void aChoiceIsOneOfItsWords() {
        OptionType<String> choice = OptionType.Choice.of("text", "json");
        assertThat(choice.parse("json")).contains("json");
        assertThat(choice.parse("JSON")).isEmpty();
        assertThat(choice.allowed()).isEqualTo("one of text, json");
    }

    @Test
    void aMappingHasTwoSides() {
        OptionType<Mapping> pair = new OptionType.Pair("OLD=NEW");
        assertThat(pair.parse("ts1=/mnt/a")).contains(new Mapping("ts1", "/mnt/a"));
        assertThat(pair.parse("/a\\=b=/c=d")).contains(new Mapping("/a=b", "/c=d"));
        for (String wrong : List.of("", "a", "=b", "a=")) {
            assertThat(pair.parse(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void aListIsSplitAtCommasWhereItIsOneText() {
        OptionType<List<Integer>> list = new OptionType.Listed<>(new OptionType.Whole(1, 9));
        assertThat(list.parse("1, 2,3")).contains(List.of(1, 2, 3));
        assertThat(list.parse("1,,3")).isEmpty();
        assertThat(list.parse("1,10")).isEmpty();
    }
}
