package org.loradash.model.decoder;

/**
 * How positions turn queries and keys (arXiv 2104.09864).
 *
 * @param theta base of the angles: pair i turns by theta^(-2 i / width) each position
 * @param width how many elements of each head turn, its first ones; of an odd number one more turns
 * @param scaling what becomes of the angles beyond that
 */
public record Rotation(double theta, int width, RotaryScaling scaling) {

    /** How many pairs of elements turn. */
    int pairs() {
        return (width + 1) / 2;
    }

    /**
     * The angle per position of each pair, in radians.
     *
     * @param longest the longest sequence of the batch, in tokens
     */
    public double[] frequencies(int longest) {
        double[] frequencies = new double[pairs()];
        double base = scaling.theta(theta, width, longest);
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = Math.pow(base, -2.0 * i / width);
        }
        scaling.scale(frequencies, theta, width, longest);
        return frequencies;
    }
}
