package org.loradash.train;

import java.io.Serializable;

/**
 * What one worker brings to a part of the next state.
 *
 * @param worker which of the workers
 * @param weight what its losses were means over
 * @param values its own values of the part
 */
public record Contribution(int worker, long weight, Part values) implements Serializable {

    /**
     * A part of the state's vectors, or of a gradient, which has no moments.
     *
     * @param parameters or a gradient, n elements
     * @param firstMoments n elements, or none
     * @param secondMoments n elements, or none
     */
    public record Part(float[] parameters, float[] firstMoments, float[] secondMoments) implements Serializable {

        /** Whether every element is a number. */
        public boolean isFinite() {
            return areFinite(parameters) && areFinite(firstMoments) && areFinite(secondMoments);
        }

        private static boolean areFinite(float[] values) {
            boolean finite = true;
            for (float value : values) {
                finite &= Float.isFinite(value);
            }
            return finite;
        }
    }
}
