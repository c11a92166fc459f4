package org.loradash.adapter;

import java.util.Arrays;
import java.util.Comparator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Singular directions of a weight that are taken whatever the task: of the largest, smallest or random singular values. */
public enum SingularDirections {
    TOP,
    BOTTOM,
    RANDOM;

    /**
     * Different indices, 0 being the largest singular value's.
     *
     * @param size how many directions there are
     * @param count how many to take, at most size
     * @param random for {@link #RANDOM}: each direction draws a long, and the smallest ones are taken
     * @return extreme ones first, random ones in the order of their draws
     */
    public int[] take(int size, int count, RandomGenerator random) {
        return switch (this) {
            case TOP -> IntStream.range(0, count).toArray();
            case BOTTOM -> IntStream.range(0, count).map(i -> size - 1 - i).toArray();
            case RANDOM -> {
                long[] drawn = new long[size];
                Arrays.setAll(drawn, i -> random.nextLong());
                yield IntStream.range(0, size)
                        .boxed()
                        .sorted(Comparator.comparingLong(i -> drawn[i]))
                        .limit(count)
                        .mapToInt(Integer::intValue)
                        .toArray();
            }
        };
    }
}
