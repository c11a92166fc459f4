package org.loradash.spark.application;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** Memory of the C library that nothing uses any more. */
class FreedMemoryTest {
    private static final int PIECE = 100_000;
    private static final int PIECES = 2000;

    @Test
    void goesBackToTheSystemThoughOneBehindItIsHeld() {
        List<Pointer> pieces = new ArrayList<>();
        for (int i = 0; i < PIECES; i++) {
            pieces.add(Pointer.memset(new BytePointer(PIECE), 1, PIECE));
        }
        try (BytePointer behind = new BytePointer(PIECE)) {
            pieces.forEach(Pointer::close);
            long before = Pointer.physicalBytes();
            FreedMemory.giveBack();
            assertThat(before - Pointer.physicalBytes())
                    .as("bytes given back")
                    .isGreaterThan((long) PIECE * PIECES / 2);
            assertThat(behind.capacity()).isEqualTo(PIECE);
        }
    }
}
