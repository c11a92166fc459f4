package org.loradash.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class DirectionOverlapTest {

    @Test
    void isTheMeanShareOfDirectionsThatWereFoundBefore() {
        Map<String, int[]> before = Map.of("q", new int[] {1, 2, 3, 4}, "k", new int[] {7, 8});
        Map<String, int[]> now = Map.of("q", new int[] {4, 3, 9, 10}, "k", new int[] {8, 7});
        assertThat(DirectionOverlap.mean(before, now)).isCloseTo(0.75, within(1e-12));
        assertThat(DirectionOverlap.mean(now, now)).isEqualTo(1);
    }

    @Test
    void isZeroWhereNothingWasFoundBefore() {
        assertThat(DirectionOverlap.mean(Map.of(), Map.of("q", new int[] {4, 3})))
                .isZero();
    }
}
