package org.loradash.tsd.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
    @Test
    void saysHowLongTheRestWillTakeByItsWork() {
        StringWriter said = new StringWriter();
        AtomicLong clock = new AtomicLong();
        Progress progress = new Progress(new PrintWriter(said), clock::get);
        progress.begin(4, 100);
        clock.set(2_000_000_000L);
        progress.advance(5);
        assertThat(said.toString()).as("too soon").isEmpty();
        clock.set(20_000_000_000L);
        progress.advance(5);
        clock.set(100_000_000_000L);
        progress.advance(40);
        progress.advance(50);
        assertThat(said.toString().lines())
                .containsExactly(
                        "tsd: 2 of 4 matrices, 3 min 0 s left",
                        "tsd: 3 of 4 matrices, 1 min 40 s left",
                        "tsd: 4 matrices in 1 min 40 s");
        assertThat(Progress.text(7_300_000_000_000L)).isEqualTo("2 h 1 min");
    }
}
