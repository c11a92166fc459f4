package org.loradash.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SingularDirectionsTest {

    @Test
    void takesTheLargestOrTheSmallestExtremeFirst() {
        SplittableRandom random = new SplittableRandom(1);
        assertThat(SingularDirections.TOP.take(5, 3, random)).containsExactly(0, 1, 2);
        assertThat(SingularDirections.BOTTOM.take(5, 3, random)).containsExactly(4, 3, 2);
    }

    @Property(tries = 100)
    void takesDifferentDirectionsOfTheWeight(
            @ForAll SingularDirections which,
            @ForAll @IntRange(min = 1, max = 40) int size,
            @ForAll @IntRange(min = 1, max = 40) int wanted,
            @ForAll long seed) {
        int count = Math.min(size, wanted);
        int[] taken = which.take(size, count, new SplittableRandom(seed));
        assertThat(taken).hasSize(count).doesNotHaveDuplicates();
        assertThat(Arrays.stream(taken)).allMatch(index -> index >= 0 && index < size);
        assertThat(which.take(size, count, new SplittableRandom(seed))).containsExactly(taken);
    }

    @Test
    void takesEveryDirectionEquallyOftenAtRandom() {
        int[] times = new int[10];
        for (int seed = 0; seed < 2000; seed++) {
            int[] taken = SingularDirections.RANDOM.take(10, 3, new SplittableRandom(seed));
            Arrays.stream(taken).forEach(index -> times[index]++);
        }
        assertThat(IntStream.of(times)).allMatch(count -> count > 500 && count < 700);
    }
}
