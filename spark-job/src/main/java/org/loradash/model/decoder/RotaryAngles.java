package org.loradash.model.decoder;

import org.loradash.autograd.Attention.Angles;
import org.loradash.kernel.Tensor;

/** Cosines and sines of rotary angles, for as many positions as were asked for so far. */
final class RotaryAngles {
    private static final int AT_LEAST = 256;

    private final double[] frequencies;
    private Angles table;

    RotaryAngles(double[] frequencies) {
        this.frequencies = frequencies;
    }

    /** A table with a row for every position below the given number, at least. */
    synchronized Angles upTo(int positions) {
        if (table == null || table.cosines().rows() < positions) {
            table = make(Math.max(AT_LEAST, Integer.highestOneBit(Math.max(1, positions - 1)) << 1));
        }
        return table;
    }

    private Angles make(int positions) {
        int pairs = frequencies.length;
        float[] cosines = new float[positions * pairs];
        float[] sines = new float[positions * pairs];
        for (int position = 0; position < positions; position++) {
            for (int i = 0; i < pairs; i++) {
                double angle = position * frequencies[i];
                cosines[position * pairs + i] = (float) Math.cos(angle);
                sines[position * pairs + i] = (float) Math.sin(angle);
            }
        }
        return new Angles(Tensor.of(positions, pairs, cosines), Tensor.of(positions, pairs, sines));
    }
}
