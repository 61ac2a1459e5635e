package org.pgkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JobsTest {
    @Test
    void noMoreWorkThanThereIsMemoryFor() {
        assertThat(Jobs.most(256L << 20)).isEqualTo(32);
        assertThat(Jobs.most(2L << 30)).isEqualTo(330);
    }

    @Test
    void oneAlwaysWorks() {
        assertThat(Jobs.most(1 << 20)).isEqualTo(1);
    }
}
