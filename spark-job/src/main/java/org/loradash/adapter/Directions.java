package org.loradash.adapter;

import java.io.Serializable;

/**
 * The task-specific directions of one target, best first.
 *
 * @param indices of the s directions among the weight's singular ones
 * @param u outputs x s, left singular vectors as columns
 * @param v s x inputs, right singular vectors as rows
 */
public record Directions(int[] indices, float[] u, float[] v) implements Serializable {

    public int count() {
        return indices.length;
    }
}
