package org.loradash.model.decoder;

import java.util.LinkedHashMap;
import java.util.Map;
import org.loradash.autograd.Attention.Angles;
import org.loradash.kernel.Tensor;

/** Cosines and sines of rotary angles, for as many positions as were asked for so far. */
final class RotaryAngles {
    private static final int AT_LEAST = 256;

    /** Tables that are kept, where angles depend on the longest sequence of a batch. */
    private static final int MOST = 4;

    private final Rotation rotation;
    private final Map<Integer, Angles> tables = new LinkedHashMap<>();

    RotaryAngles(Rotation rotation) {
        this.rotation = rotation;
    }

    /**
     * A table with a row for every position of a batch, at least.
     *
     * @param longest the longest sequence of the batch, in tokens
     */
    synchronized Angles of(int longest) {
        int regime = rotation.scaling().regime(longest);
        Angles table = tables.get(regime);
        if (table == null || table.cosines().rows() < longest) {
            table = make(longest);
            tables.put(regime, table);
            if (tables.size() > MOST) {
                tables.remove(tables.keySet().iterator().next());
            }
        }
        return table;
    }

    private Angles make(int longest) {
        int positions = Math.max(AT_LEAST, Integer.highestOneBit(Math.max(1, longest - 1)) << 1);
        double[] frequencies = rotation.frequencies(longest);
        double stretch = rotation.scaling().stretch();
        int pairs = frequencies.length;
        float[] cosines = new float[positions * pairs];
        float[] sines = new float[positions * pairs];
        for (int position = 0; position < positions; position++) {
            for (int i = 0; i < pairs; i++) {
                double angle = position * frequencies[i];
                cosines[position * pairs + i] = (float) (stretch * Math.cos(angle));
                sines[position * pairs + i] = (float) (stretch * Math.sin(angle));
            }
        }
        return new Angles(Tensor.of(positions, pairs, cosines), Tensor.of(positions, pairs, sines));
    }
}
