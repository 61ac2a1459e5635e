package org.pgkeep.postgres.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;

class SegmentCutterTest {
    private static final int SEGMENT = 1 << 20;
    private static final Lsn START = new Lsn(0xFF_FFE0_0000L);

    private final List<String> taken = new ArrayList<>();
    private final SegmentCutter cutter = new SegmentCutter(2, START, SEGMENT, new SegmentSink() {
        @Override
        public void take(SegmentName segment, int offset, ByteBuffer bytes) {
            taken.add(segment + " " + offset + " " + bytes.remaining() + " from " + bytes.get());
        }

        @Override
        public void completed(SegmentName segment) {
            taken.add(segment + " complete");
        }
    });

    @Test
    void aMessageOverTheEndsOfSegmentsIsCut() {
        take(START, SEGMENT - 10, 1);
        take(START.plus(SEGMENT - 10), SEGMENT + 20, 2);
        assertThat(taken)
                .containsExactly(
                        "00000002000000FF00000FFE 0 " + (SEGMENT - 10) + " from 1",
                        "00000002000000FF00000FFE " + (SEGMENT - 10) + " 10 from 2",
                        "00000002000000FF00000FFE complete",
                        "00000002000000FF00000FFF 0 " + SEGMENT + " from 0",
                        "00000002000000FF00000FFF complete",
                        "000000020000010000000000 0 10 from 0");
        assertThat(cutter.position()).isEqualTo(START.plus(2L * SEGMENT + 10));
    }

    @Test
    void aHoleIsRefused() {
        take(START, 100, 1);
        assertThatThrownBy(() -> take(START.plus(101), 100, 1))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONNECT));
        assertThatThrownBy(() -> take(START.plus(99), 100, 1)).isInstanceOf(PgkeepException.class);
    }

    private void take(Lsn start, int length, int first) {
        byte[] bytes = new byte[length];
        bytes[0] = (byte) first;
        cutter.take(new WalMessage.Data(start, start, ByteBuffer.wrap(bytes)));
    }
}
