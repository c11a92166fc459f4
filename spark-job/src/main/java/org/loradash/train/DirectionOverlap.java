package org.loradash.train;

import java.util.Arrays;
import java.util.Map;

/** How far the directions that a run would choose have settled. */
public final class DirectionOverlap {
    private DirectionOverlap() {}

    /**
     * The share of each target's directions that were among those found before too, in the mean over all targets.
     *
     * @param before indices by target; empty where nothing was found before
     * @param now as many by target, none of them empty
     * @return from 0 to 1; 0 where nothing was found before
     */
    public static double mean(Map<String, int[]> before, Map<String, int[]> now) {
        double sum = 0;
        for (Map.Entry<String, int[]> target : now.entrySet()) {
            int[] earlier = before.getOrDefault(target.getKey(), new int[0]);
            long kept = Arrays.stream(target.getValue())
                    .filter(direction -> Arrays.stream(earlier).anyMatch(other -> other == direction))
                    .count();
            sum += (double) kept / target.getValue().length;
        }
        return sum / now.size();
    }
}
