package org.loradash.tsd.direction;

/**
 * How the core coordinates of one W change on the way to W*. All arrays have n elements, in the order of the singular
 * values, and are not copied.
 *
 * @param sigma the singular values of W, its own coordinates
 * @param deltaSigma by how much each coordinate changes, u_i^T W* v_i - sigma_i
 * @param changeRates |deltaSigma_i| / (sigma_i + epsilon)
 */
public record CoreChange(float[] sigma, float[] deltaSigma, float[] changeRates) {
    public CoreChange {
        if (deltaSigma.length != sigma.length || changeRates.length != sigma.length) {
            throw new IllegalArgumentException(deltaSigma.length + " changes and " + changeRates.length + " rates of "
                    + sigma.length + " singular values");
        }
    }

    /** With the change rates of definition 3 of arXiv 2409.01035; see {@link ChangeRates}. */
    public static CoreChange of(float[] sigma, float[] deltaSigma, double epsilon) {
        return new CoreChange(sigma, deltaSigma, ChangeRates.of(deltaSigma, sigma, epsilon));
    }

    /** The indices of the directions with the highest change rates, best first: the first {@code count} TSD. */
    public int[] directions(int count) {
        return TaskSpecificDirections.choose(changeRates, count);
    }
}
