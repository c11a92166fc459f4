package org.loradash.tsd.direction;

/** How far each core direction moved, relative to its singular value (arXiv 2409.01035, definition 3). */
public final class ChangeRates {
    private ChangeRates() {}

    /**
     * |delta_sigma_i| / (sigma_i + epsilon).
     *
     * @param deltaSigma the projection of the change of W on its n core directions
     * @param sigma the n singular values of W
     * @param epsilon keeps directions with a singular value of zero finite; positive
     * @throws IllegalArgumentException where the lengths differ or epsilon is not positive
     */
    public static float[] of(float[] deltaSigma, float[] sigma, double epsilon) {
        if (deltaSigma.length != sigma.length) {
            throw new IllegalArgumentException(deltaSigma.length + " changes of " + sigma.length + " singular values");
        }
        if (!(epsilon > 0)) {
            throw new IllegalArgumentException("epsilon: " + epsilon + " (must be positive)");
        }
        float[] rates = new float[sigma.length];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = (float) (Math.abs((double) deltaSigma[i]) / (sigma[i] + epsilon));
        }
        return rates;
    }
}
