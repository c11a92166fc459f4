package org.loradash.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RoundPositionsTest {

    @Property(tries = 200)
    void uncutRoundsFollowTheMethodsFormula(
            @ForAll @IntRange(min = 1, max = 5) int workers,
            @ForAll @IntRange(min = 1, max = 5) int localSteps,
            @ForAll @IntRange(min = 1, max = 5) int batch,
            @ForAll @IntRange(max = 4) int rounds) {
        long cursor = 0;
        for (int r = 0; r < rounds; r++) {
            RoundPositions round = new RoundPositions(cursor, workers, localSteps, batch);
            for (int w = 0; w < workers; w++) {
                for (int f = 0; f < localSteps; f++) {
                    assertThat(round.first(w, f)).isEqualTo((((long) r * workers + w) * localSteps + f) * batch);
                }
            }
            cursor = round.nextCursor();
        }
    }

    @Test
    void aRoundCutShortLeavesNoGap() {
        List<Long> positions = new ArrayList<>();
        long cursor = 0;
        for (int localSteps : new int[] {4, 3, 4, 1}) {
            RoundPositions round = new RoundPositions(cursor, 3, localSteps, 2);
            for (int w = 0; w < 3; w++) {
                for (int f = 0; f < localSteps; f++) {
                    positions.add(round.first(w, f));
                    positions.add(round.first(w, f) + 1);
                }
            }
            cursor = round.nextCursor();
        }
        assertThat(positions)
                .containsExactlyElementsOf(LongStream.range(0, 72).boxed().toList());
        assertThat(cursor).isEqualTo(72);
    }

    @Test
    void doesNotOverflowOnALongRun() {
        RoundPositions round = new RoundPositions(1L << 40, 1000, 100_000, 1000);
        assertThat(round.first(999, 99_999)).isEqualTo((1L << 40) + 99_999_999_000L);
        assertThat(round.nextCursor()).isEqualTo((1L << 40) + 100_000_000_000L);
    }

    @Test
    void hasNoPositionsOfOtherWorkersOrSteps() {
        RoundPositions round = new RoundPositions(0, 2, 3, 4);
        assertThatThrownBy(() -> round.first(2, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> round.first(0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
