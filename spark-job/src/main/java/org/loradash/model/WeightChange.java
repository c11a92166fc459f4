package org.loradash.model;

/** What becomes of a model's tensors between its files and memory. */
public interface WeightChange {

    /** Tensors as they are in the files. */
    static WeightChange none() {
        return new WeightChange() {
            @Override
            public boolean changes(String tensor) {
                return false;
            }

            @Override
            public float[] changed(String tensor, float[] values) {
                return values;
            }
        };
    }

    /** Whether a tensor of that name becomes another one. */
    boolean changes(String tensor);

    /**
     * What a tensor becomes.
     *
     * @param values all of its elements, which may be overwritten
     * @return as many
     */
    float[] changed(String tensor, float[] values);
}
