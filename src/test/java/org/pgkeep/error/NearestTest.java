package org.pgkeep.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    private static final List<String> KNOWN = List.of("backup", "restore", "info", "archive-push", "archive-get");

    @Test
    void aLetterMoreLessOtherOrSwappedIsFound() {
        assertThat(Nearest.to("backupp", KNOWN)).contains("backup");
        assertThat(Nearest.to("bakup", KNOWN)).contains("backup");
        assertThat(Nearest.to("backip", KNOWN)).contains("backup");
        assertThat(Nearest.to("bakcup", KNOWN)).contains("backup");
        assertThat(Nearest.to("archive-psuh", KNOWN)).contains("archive-push");
        assertThat(Nearest.to("inf", KNOWN)).contains("info");
    }

    @Test
    void somethingElseIsNotGuessed() {
        assertThat(Nearest.to("verify", KNOWN)).isEmpty();
        assertThat(Nearest.to("x", KNOWN)).isEmpty();
        assertThat(Nearest.to("", KNOWN)).isEmpty();
    }

    @Test
    void severalAreListedTheNearestFirst() {
        List<String> labels = List.of("20261121-203000F", "20261121-203000I", "20261122-203000I", "20200101-000000F");
        assertThat(Nearest.all("20261121-203000I", labels))
                .startsWith("20261121-203000I", "20261121-203000F", "20261122-203000I");
    }
}
