package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.assertFinite;
import static org.loradash.kernel.Samples.doubles;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.kernel.RelativeSample.Gradients;
import org.loradash.kernel.RelativeSample.Terms;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.RelativeAttention;
import org.loradash.kernel.operation.RelativeAttention.Relative;

class RelativeAttentionTest {
    private static final int[] STARTS = {0, 5, 6, 14};

    @ParameterizedTest
    @EnumSource
    void weighsByContentsAndDistancesWithinEachSequence(KernelProvider provider) {
        for (Terms terms : Terms.values()) {
            RelativeSample sample = new RelativeSample(new Samples(1), STARTS, 2, 5, 7, terms);
            sample.attend(provider.open(), sample.out());
            assertClose(sample.out(), sample.expected(doubles(sample.qkv()), doubles(sample.relative())), 2e-6);
        }
    }

    @ParameterizedTest
    @EnumSource
    void backwardEqualsFiniteDifferencesAndAddsThoseOfDistances(KernelProvider provider) {
        for (Terms terms : Terms.values()) {
            RelativeSample sample = new RelativeSample(new Samples(1), STARTS, 2, 5, 7, terms);
            Kernels kernels = provider.open();
            kernels.run(sample.forward(sample.out(), sample.logSumExp()));
            Gradients gradients = sample.backward(kernels);
            double[] qkv = doubles(sample.qkv());
            double[] relative = doubles(sample.relative());
            double[] dOut = doubles(sample.dOut());
            double[] expected = Reference.gradient(moved -> sample.expected(qkv, moved), relative, dOut);
            Arrays.setAll(expected, i -> expected[i] + 1);
            assertClose(gradients.dRelative(), expected, 3e-6);
            assertClose(
                    gradients.dqkv(), Reference.gradient(moved -> sample.expected(moved, relative), qkv, dOut), 3e-6);
        }
    }

    @ParameterizedTest
    @EnumSource
    void survivesScoresOfTenThousand(KernelProvider provider) {
        RelativeSample sample = new RelativeSample(new Samples(2), STARTS, 2, 5, 7, Terms.BOTH);
        Tensor qkv = sample.qkv();
        float[] large = qkv.toArray();
        for (int i = 0; i < large.length; i++) {
            large[i] *= 100;
        }
        qkv.write(large, 0);
        Kernels kernels = provider.open();
        kernels.run(sample.forward(sample.out(), sample.logSumExp()));
        Gradients gradients = sample.backward(kernels);
        assertFinite(sample.out());
        assertFinite(gradients.dqkv());
        assertFinite(gradients.dRelative());
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotANumberStaysInItsSequence(KernelProvider provider) {
        for (int column : new int[] {0, 10, 20}) {
            RelativeSample sample = new RelativeSample(new Samples(3), STARTS, 2, 5, 7, Terms.BOTH);
            float[] values = sample.qkv().toArray();
            values[3 * 30 + column] = Float.NaN;
            sample.qkv().write(values, 0);
            Kernels kernels = provider.open();
            kernels.run(sample.forward(sample.out(), sample.logSumExp()));
            Gradients gradients = sample.backward(kernels);
            assertThat(sample.out().toArray()[3 * 10]).isNaN();
            assertThat(gradients.dqkv().toArray()[3 * 30]).isNaN();
            assertFinite(sample.out().rows(5, 14));
            assertFinite(gradients.dqkv().rows(5, 14));
        }
    }

    @Test
    void refusesRowsAndShapesThatDoNotFit() {
        Kernels kernels = KernelProvider.PORTABLE.open();
        Tensor x = Tensor.zeros(3, 4);
        Tensor out = Tensor.zeros(3, 4);
        Tensor logSumExp = Tensor.zeros(3, 2);
        Relative relative = new Relative(Optional.of(Tensor.zeros(2, 4)), Optional.empty());
        int[] starts = {0, 3};
        assertThatThrownBy(() -> kernels.run(new RelativeAttention.Forward(
                        x, x, x, relative, new int[4], AttentionShape.bothWays(2, 2, starts, 1), out, logSumExp)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rows: of 4 distances (must be of 5)");
        assertThatThrownBy(() -> kernels.run(new RelativeAttention.Forward(
                        x,
                        x,
                        x,
                        relative,
                        new int[] {0, 1, 2, 0, 0},
                        AttentionShape.bothWays(2, 2, starts, 1),
                        out,
                        logSumExp)))
                .hasMessage("rows: 2 (must be from 0 to 1)");
        assertThatThrownBy(() -> kernels.run(new RelativeAttention.Forward(
                        x, x, x, relative, new int[5], AttentionShape.causal(2, 2, starts, 1), out, logSumExp)))
                .hasMessage("shape: 2 key heads for 2 heads, Reach[before=2147483647, after=0], cap Infinity"
                        + " (must be as many, both ways, uncapped)");
    }
}
