package org.loradash.model.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.model.Changes;
import org.loradash.model.ModelDirectory;
import org.loradash.model.WeightFiles;

class EncoderTest {
    private static final Kernels KERNELS = KernelProvider.best().open(1);
    private static final Arena ARENA = new Arena();

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta-regression", "deberta", "deberta-unshared"})
    void textsThatLieEndToEndSayWhatTheySayAlone(String fixture) {
        Encoder model = model(fixture);
        int[] lengths = {5, 20, 1, 17};
        int[] starts = {0, 5, 25, 26, 43};
        int[] tokens = new int[43];
        Arrays.setAll(tokens, i -> 3 + 31 * i % 60);
        float[] together = outputs(model, tokens, starts);
        int count = together.length / lengths.length;
        for (int text = 0; text < lengths.length; text++) {
            float[] alone = outputs(
                    model, Arrays.copyOfRange(tokens, starts[text], starts[text + 1]), new int[] {0, lengths[text]});
            for (int i = 0; i < count; i++) {
                assertThat(together[text * count + i])
                        .as("%s, text %d, output %d", fixture, text, i)
                        .isCloseTo(alone[i], within(2e-5f));
            }
        }
    }

    @Test
    void everyTokenOfATextCounts() {
        Encoder model = model("deberta");
        int[] tokens = {1, 20, 30, 40, 2};
        float[] before = outputs(model, tokens, new int[] {0, 5});
        for (int i = 0; i < tokens.length; i++) {
            int[] changed = tokens.clone();
            changed[i] += 29;
            assertThat(outputs(model, changed, new int[] {0, 5}))
                    .as("token %d", i)
                    .isNotEqualTo(before);
        }
    }

    @Test
    void whatTheHeadLacksIsNamed() {
        EncoderShape shape = (EncoderShape) directory("bert").shape();
        Encoder model = (Encoder) shape.withOutputs(List.of("a", "b", "c"))
                .load(new WeightFiles(directory("bert").weights(), Storage.FLOAT32));
        assertThatThrownBy(() -> outputs(model, new int[] {1, 2}, new int[] {0, 2}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("classifier.weight is neither in the model's files nor trained (must be one of them)");
    }

    private static float[] outputs(Encoder model, int[] tokens, int[] starts) {
        ARENA.reset();
        return model.outputs(Tape.forward(KERNELS, ARENA), tokens, new byte[tokens.length], starts, Changes.none(), 0)
                .value()
                .toArray();
    }

    private static Encoder model(String fixture) {
        return (Encoder) directory(fixture).load(Storage.FLOAT32);
    }

    private static ModelDirectory directory(String fixture) {
        return ModelDirectory.open(
                new Configuration(),
                Fixtures.path("golden/" + fixture + "/model").toUri().toString());
    }
}
