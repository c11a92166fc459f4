package org.loradash.generate;

import java.util.Arrays;
import org.loradash.generate.Decoding.Sampling;

/**
 * The tokens that sampling draws from and their probabilities, the likeliest first: what temperature, top-k and top-p
 * leave, in this order, as transformers' TemperatureLogitsWarper, TopKLogitsWarper and TopPLogitsWarper do.
 *
 * @param probabilities of the tokens, not yet divided by their sum
 */
record Candidates(int[] tokens, double[] probabilities) {

    /** @param logits of all tokens; overwritten */
    static Candidates of(float[] logits, Sampling sampling) {
        for (int i = 0; i < logits.length; i++) {
            logits[i] /= (float) sampling.temperature();
        }
        float least = sampling.topK() > 0 && sampling.topK() < logits.length
                ? Largest.of(logits, sampling.topK()).least()
                : Float.NEGATIVE_INFINITY;
        // Equal ones are all kept by top-k, in the order of their tokens.
        long[] sorted = new long[logits.length];
        int kept = 0;
        for (int i = 0; i < logits.length; i++) {
            if (logits[i] >= least) {
                sorted[kept++] = key(logits[i], i);
            }
        }
        Arrays.sort(sorted, 0, kept);
        int[] tokens = new int[kept];
        double[] probabilities = new double[kept];
        double sum = 0;
        for (int i = 0; i < kept; i++) {
            tokens[i] = (int) sorted[i];
            probabilities[i] = Math.exp(logits[tokens[i]] - logits[tokens[0]]);
            sum += probabilities[i];
        }
        int left = sampling.topP() < 1 ? withinTopP(probabilities, sum, sampling.topP()) : kept;
        return new Candidates(Arrays.copyOf(tokens, left), Arrays.copyOf(probabilities, left));
    }

    /** A token goes when it and all less likely ones together have no more than 1 - p; the likeliest always stays. */
    private static int withinTopP(double[] probabilities, double sum, double topP) {
        double tail = 0;
        int left = probabilities.length;
        while (left > 1) {
            tail += probabilities[left - 1] / sum;
            if (tail > 1 - topP) {
                break;
            }
            left--;
        }
        return left;
    }

    /** Sorts descending by value, then ascending by token. */
    private static long key(float value, int token) {
        int bits = Float.floatToIntBits(value == 0 ? 0f : value);
        int ascending = bits >= 0 ? bits : bits ^ 0x7fffffff;
        return (long) ~ascending << 32 | token;
    }

    /** The token at that share of all probabilities, from 0 to below 1. */
    int at(double share) {
        double rest = share * Arrays.stream(probabilities).sum();
        for (int i = 0; i < tokens.length - 1; i++) {
            rest -= probabilities[i];
            if (rest < 0) {
                return tokens[i];
            }
        }
        return tokens[tokens.length - 1];
    }
}
