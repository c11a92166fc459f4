package org.loradash.autograd;

/**
 * Dropout of an adapter's input.
 *
 * @param probability that an element is zeroed, from 0 to below 1
 * @param seed of the mask; the same seed gives the same mask
 */
public record Dropout(float probability, long seed) {
    public static final Dropout NONE = new Dropout(0f, 0L);

    public boolean active() {
        return probability > 0f;
    }
}
