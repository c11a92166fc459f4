package org.loradash.model.diffusion;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.loradash.model.diffusion.PipelineParts.assertClose;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.loradash.autograd.Arena;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.tsd.InvalidInput;

class TextEncoderTest {
    private static final Kernels KERNELS = KernelProvider.best().open(1);
    private static final Arena ARENA = new Arena();
    private static final int LENGTH = 77;

    @Test
    void bothSayWhatDiffusersHasOfAPrompt() {
        TextEncoder first = PipelineParts.pipeline().textEncoder();
        TextEncoder second = PipelineParts.pipeline().secondTextEncoder();
        for (int prompt = 0; prompt < 3; prompt++) {
            TextEncoder.Encoded one = first.encode(KERNELS, ARENA, tokens("tokens.one", prompt));
            TextEncoder.Encoded two = second.encode(KERNELS, ARENA, tokens("tokens.two", prompt));
            float[] joined = new float[LENGTH * (first.width() + second.width())];
            for (int i = 0; i < LENGTH; i++) {
                int row = i * (first.width() + second.width());
                System.arraycopy(one.states(), i * first.width(), joined, row, first.width());
                System.arraycopy(two.states(), i * second.width(), joined, row + first.width(), second.width());
            }
            assertClose("states", joined, PipelineParts.floats("text.prompt_embeds", prompt), 1e-5);
            assertClose("pooled", two.pooled(), PipelineParts.floats("text.pooled", prompt), 1e-5);
        }
    }

    @Test
    void refusesTokensOfAnotherModelsTokenizer() {
        TextEncoder encoder = PipelineParts.pipeline().textEncoder();
        assertThatThrownBy(() -> encoder.encode(KERNELS, ARENA, new int[] {1, 674}))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(
                        "model.path: text encoder: token 674 (must be below vocab_size, 674; the tokenizer is another"
                                + " model's)");
        assertThatThrownBy(() -> encoder.encode(KERNELS, ARENA, new int[78]))
                .isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("model.path: text encoder: 78 tokens (must have max_position_embeddings of");
    }

    private static int[] tokens(String name, int prompt) {
        return Arrays.copyOfRange(PipelineParts.ints(name), prompt * LENGTH, (prompt + 1) * LENGTH);
    }
}
