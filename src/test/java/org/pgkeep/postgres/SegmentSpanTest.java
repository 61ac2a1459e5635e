package org.pgkeep.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SegmentSpanTest {
    private static SegmentName name(String text) {
        return SegmentName.parse(text).orElseThrow();
    }

    @Test
    void itGoesOverTheBoundaryOfFourGiB() {
        SegmentSpan span =
                new SegmentSpan(name("0000000100000000000000FE"), name("000000010000000100000001"), 16 << 20);
        assertThat(span)
                .map(SegmentSpan.Place::toString)
                .containsExactly(
                        "0000000100000000000000FE",
                        "0000000100000000000000FF",
                        "000000010000000100000000",
                        "000000010000000100000001");
        assertThat(span.timelines()).containsExactly(1);
        assertThat(span.includes(name("0000000100000000000000FF"))).isTrue();
        assertThat(span.includes(name("000000010000000100000002"))).isFalse();
        assertThat(span.includes(name("0000000100000000000000FD"))).isFalse();
        assertThat(span.includes(name("0000000200000000000000FF"))).isFalse();
    }

    @Test
    void whereItEndsOnAYoungerTimelineEachSegmentIsOfEither() {
        SegmentSpan span =
                new SegmentSpan(name("000000010000000000000003"), name("000000020000000000000004"), 16 << 20);
        assertThat(span)
                .map(SegmentSpan.Place::names)
                .map(Object::toString)
                .containsExactly(
                        "[000000010000000000000003, 000000020000000000000003]",
                        "[000000010000000000000004, 000000020000000000000004]");
        assertThat(span.timelines()).containsExactly(1, 2);
        assertThat(span.includes(name("000000020000000000000003"))).isTrue();
        assertThat(span.includes(name("000000030000000000000003"))).isFalse();
        assertThat(span.iterator().next().anyIs(name("000000020000000000000003")::equals))
                .isTrue();
    }

    @Test
    void oneSegmentIsASpan() {
        SegmentName one = name("000000010000000000000003");
        assertThat(new SegmentSpan(one, one, 1 << 20)).hasSize(1);
    }
}
