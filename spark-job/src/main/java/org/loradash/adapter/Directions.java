package org.loradash.adapter;

import java.io.Serializable;
import org.loradash.tsd.direction.TaskSpecificDirections;

/**
 * The task-specific directions of one target, best first.
 *
 * @param indices of the s directions among the weight's singular ones
 * @param u outputs x s, left singular vectors as columns
 * @param v s x inputs, right singular vectors as rows
 */
public record Directions(int[] indices, float[] u, float[] v) implements Serializable {

    /** The form that the sprint computes with: V_s transposed, so that its rows lie together. */
    public static Directions of(TaskSpecificDirections chosen) {
        int count = chosen.indices().length;
        int inputs = chosen.v().length / count;
        float[] v = new float[chosen.v().length];
        for (int column = 0; column < inputs; column++) {
            for (int j = 0; j < count; j++) {
                v[j * inputs + column] = chosen.v()[column * count + j];
            }
        }
        return new Directions(chosen.indices(), chosen.u(), v);
    }

    public int count() {
        return indices.length;
    }
}
