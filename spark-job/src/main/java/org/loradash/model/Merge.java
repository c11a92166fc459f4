package org.loradash.model;

/** Changes that become part of a model's tensors between its files and memory, or other files. */
public interface Merge {

    /** Tensors as they are in the files. */
    static Merge none() {
        return new Merge() {
            @Override
            public boolean changes(String tensor) {
                return false;
            }

            @Override
            public float[] merged(String tensor, float[] values) {
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
    float[] merged(String tensor, float[] values);
}
