package org.loradash.model.diffusion;

import org.loradash.autograd.Arena;
import org.loradash.kernel.Kernels;
import org.loradash.tsd.InvalidInput;

/**
 * Both text encoders of a pipeline.
 *
 * @param first whose states come first
 * @param second which has the projected state of the whole prompt too
 */
public record PromptEncoder(TextEncoder first, TextEncoder second) {

    /**
     * What the U-Net is told of a prompt.
     *
     * @param tokens L
     * @param states L x width, row by row: the first encoder's, then the second's of each token
     * @param pooled the state of the whole prompt
     */
    public record Prompt(int tokens, float[] states, float[] pooled) {
        /** As many as CLIP's tokenizers make of any text. */
        public static final int TOKENS = 77;

        /** As many zeros, which a prompt that is not given is in some pipelines. */
        public Prompt zeros() {
            return new Prompt(tokens, new float[states.length], new float[pooled.length]);
        }
    }

    /** The width of a token's states together. */
    public int width() {
        return first.width() + second.width();
    }

    /**
     * @param arena whose memory is given back
     * @param tokens by the first tokenizer
     * @param again by the second one, as many
     * @throws InvalidInput for tokens that an encoder has not, or not as many from both tokenizers
     */
    public Prompt encode(Kernels kernels, Arena arena, int[] tokens, int[] again) {
        if (tokens.length != again.length) {
            throw InvalidInput.of(
                    "model.path: tokenizers",
                    tokens.length + " and " + again.length + " tokens",
                    "must have the same model_max_length");
        }
        TextEncoder.Encoded one = first.encode(kernels, arena, tokens);
        TextEncoder.Encoded two = second.encode(kernels, arena, again);
        float[] states = new float[tokens.length * width()];
        for (int i = 0; i < tokens.length; i++) {
            System.arraycopy(one.states(), i * first.width(), states, i * width(), first.width());
            System.arraycopy(two.states(), i * second.width(), states, i * width() + first.width(), second.width());
        }
        return new Prompt(tokens.length, states, two.pooled());
    }
}
