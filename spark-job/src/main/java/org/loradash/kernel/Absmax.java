package org.loradash.kernel;

/** What quantised elements are scaled by. */
final class Absmax {
    private Absmax() {}

    /** The largest magnitude of values[from .. from + count). */
    static float of(float[] values, int from, int count) {
        float largest = 0;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }
}
