package org.loradash.model.decoder;

import java.util.List;

/** What stretches rotary angles for sequences longer than those of pre-training, each kind as transformers computes it. */
public sealed interface RotaryScaling {

    /** The base of the angles. */
    default double theta(double theta, int width, int longest) {
        return theta;
    }

    /**
     * Scales the angles.
     *
     * @param frequencies of each pair, changed in place
     * @param longest the longest sequence of the batch, in tokens
     */
    void scale(double[] frequencies, double theta, int width, int longest);

    /** What cosines and sines are multiplied by. */
    default double stretch() {
        return 1;
    }

    /** A number that is the same for two longest sequences that have the same angles. */
    default int regime(int longest) {
        return 0;
    }

    /** None. */
    record None() implements RotaryScaling {
        @Override
        public void scale(double[] frequencies, double theta, int width, int longest) {}
    }

    /** All angles divided by a factor. */
    record Linear(double factor) implements RotaryScaling {
        @Override
        public void scale(double[] frequencies, double theta, int width, int longest) {
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] /= factor;
            }
        }
    }

    /** A larger base the longer the batch's longest sequence is, beyond the positions of pre-training. */
    record Dynamic(double factor, int positions) implements RotaryScaling {
        @Override
        public double theta(double theta, int width, int longest) {
            double longer = factor * regime(longest) / positions - (factor - 1);
            return theta * Math.pow(longer, width / (width - 2.0));
        }

        @Override
        public void scale(double[] frequencies, double theta, int width, int longest) {}

        @Override
        public int regime(int longest) {
            return Math.max(longest, positions);
        }
    }

    /** LLaMA 3.1's: short waves stay, long ones are stretched, those between a little. */
    record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalPositions)
            implements RotaryScaling {
        @Override
        public void scale(double[] frequencies, double theta, int width, int longest) {
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] = scaled(frequencies[i]);
            }
        }

        private double scaled(double frequency) {
            double wavelength = 2 * Math.PI / frequency;
            double longest = originalPositions / lowFrequencyFactor;
            double shortest = originalPositions / highFrequencyFactor;
            if (wavelength < shortest) {
                return frequency;
            }
            if (wavelength > longest) {
                return frequency / factor;
            }
            double smooth =
                    (originalPositions / wavelength - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
            return (1 - smooth) * frequency / factor + smooth * frequency;
        }
    }

    /**
     * YaRN (arXiv 2309.00071): pairs that turn often stay, those that turn seldom are stretched, and a ramp lies between.
     *
     * @param stretch of cosines and sines
     * @param fast turns within the original positions from which on a pair stays
     * @param slow turns up to which it is stretched
     * @param whole whether the ramp's ends are whole pairs
     */
    record Yarn(double factor, double stretch, double fast, double slow, boolean whole, int originalPositions)
            implements RotaryScaling {
        @Override
        public void scale(double[] frequencies, double theta, int width, int longest) {
            double low = pair(fast, theta, width);
            double high = pair(slow, theta, width);
            low = Math.max(whole ? Math.floor(low) : low, 0);
            high = Math.min(whole ? Math.ceil(high) : high, width - 1);
            double span = low == high ? 0.001 : high - low;
            for (int i = 0; i < frequencies.length; i++) {
                double stretched = Math.min(1, Math.max(0, (i - low) / span));
                frequencies[i] = frequencies[i] / factor * stretched + frequencies[i] * (1 - stretched);
            }
        }

        /** The pair that turns so many times within the original positions. */
        private double pair(double turns, double theta, int width) {
            return width * Math.log(originalPositions / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
        }
    }

    /**
     * LongRoPE (arXiv 2402.13753): a divisor for each pair, others for batches with a sequence beyond the original positions.
     *
     * @param stretch of cosines and sines
     */
    record LongRope(List<Double> shortFactors, List<Double> longFactors, double stretch, int originalPositions)
            implements RotaryScaling {
        @Override
        public void scale(double[] frequencies, double theta, int width, int longest) {
            List<Double> factors = regime(longest) == 0 ? shortFactors : longFactors;
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] /= factors.get(i);
            }
        }

        @Override
        public int regime(int longest) {
            return longest > originalPositions ? 1 : 0;
        }
    }
}
