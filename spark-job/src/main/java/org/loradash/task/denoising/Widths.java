package org.loradash.task.denoising;

import java.io.Serializable;

/**
 * How wide what a U-Net is told is.
 *
 * @param channels of latents
 * @param prompt of a token's states
 * @param pooled of the whole prompt's state
 */
record Widths(int channels, int prompt, int pooled) implements Serializable {
    /** How many numbers say size and crop. */
    static final int SIZE = 6;
}
