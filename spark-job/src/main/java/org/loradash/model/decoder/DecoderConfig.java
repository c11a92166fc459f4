package org.loradash.model.decoder;

import java.util.Optional;

/**
 * What decoders differ in.
 *
 * @param ropeScaling how LLaMA 3 stretches the rotary angles, where it does
 */
public record DecoderConfig(
        int vocabularySize,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int keyHeads,
        int headWidth,
        float normEpsilon,
        double ropeTheta,
        Optional<RopeScaling> ropeScaling,
        int maximumPositions,
        boolean tiedEmbeddings) {

    /** LLaMA 3.1's scaling of rotary angles, as in transformers' {@code llama3} rope type. */
    public record RopeScaling(
            double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalMaximumPositions) {}

    /** The rotary angle per position of each of the head width / 2 pairs, in radians. */
    public double[] rotaryFrequencies() {
        double[] frequencies = new double[headWidth / 2];
        for (int i = 0; i < frequencies.length; i++) {
            double frequency = Math.pow(ropeTheta, -2.0 * i / headWidth);
            frequencies[i] = ropeScaling.isPresent() ? scaled(frequency, ropeScaling.get()) : frequency;
        }
        return frequencies;
    }

    private static double scaled(double frequency, RopeScaling scaling) {
        double wavelength = 2 * Math.PI / frequency;
        double longest = scaling.originalMaximumPositions() / scaling.lowFrequencyFactor();
        double shortest = scaling.originalMaximumPositions() / scaling.highFrequencyFactor();
        if (wavelength < shortest) {
            return frequency;
        }
        if (wavelength > longest) {
            return frequency / scaling.factor();
        }
        double smooth = (scaling.originalMaximumPositions() / wavelength - scaling.lowFrequencyFactor())
                / (scaling.highFrequencyFactor() - scaling.lowFrequencyFactor());
        return (1 - smooth) * frequency / scaling.factor() + smooth * frequency;
    }
}
