package org.loradash.model.diffusion;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.loradash.autograd.Arena;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.tsd.InvalidInput;

class TextEncoderTest {
    private static final Kernels KERNELS = KernelProvider.best().open(1);
    private static final Arena ARENA = new Arena();

    @Test
    void refusesTokensOfAnotherModelsTokenizer() {
        TextEncoder encoder = PipelineParts.SMALL.pipeline().promptEncoder().first();
        assertThatThrownBy(() -> encoder.encode(KERNELS, ARENA, new int[] {1, 674}))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(
                        "model.path: text encoder: token 674 (must be below vocab_size, 674; the tokenizer is another"
                                + " model's)");
        assertThatThrownBy(() -> encoder.encode(KERNELS, ARENA, new int[78]))
                .isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("model.path: text encoder: 78 tokens (must have max_position_embeddings of");
    }
}
