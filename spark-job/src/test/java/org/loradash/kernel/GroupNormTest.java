package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.doubles;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.kernel.operation.GroupNorm;
import org.loradash.kernel.operation.GroupNorm.Then;

class GroupNormTest {
    private static final float EPSILON = 1e-5f;

    private final Samples samples = new Samples(6);
    private final Tensor x = samples.normal(5, 12);
    private final Tensor weight = samples.normal(1, 12);
    private final Tensor bias = samples.normal(1, 12);
    private final Tensor out = Tensor.zeros(5, 12);
    private final Tensor mean = Tensor.zeros(1, 3);
    private final Tensor inverse = Tensor.zeros(1, 3);

    @ParameterizedTest
    @EnumSource
    void givesEachGroupOfAllRowsThatMeanAndVariance(KernelProvider provider) {
        provider.open().run(forward(Then.NOTHING, out));
        assertClose(out, expected(doubles(x)), 1e-6);
    }

    @ParameterizedTest
    @EnumSource
    void isFollowedBySiluInThePlaceOfItsArgument(KernelProvider provider) {
        double[] expected = silu(expected(doubles(x)));
        provider.open().run(forward(Then.SILU, x));
        assertClose(x, expected, 1e-6);
    }

    @ParameterizedTest
    @EnumSource
    void addsFiniteDifferencesToTheGradient(KernelProvider provider) {
        for (Then then : Then.values()) {
            Tensor dOut = samples.normal(5, 12);
            Tensor dx = samples.normal(5, 12);
            double[] expected = doubles(dx);
            double[] gradient = Reference.gradient(
                    moved -> then == Then.SILU ? silu(expected(moved)) : expected(moved), doubles(x), doubles(dOut));
            for (int i = 0; i < expected.length; i++) {
                expected[i] += gradient[i];
            }
            Kernels kernels = provider.open();
            kernels.run(forward(then, out));
            kernels.run(new GroupNorm.Backward(dOut, x, 3, weight, bias, then, mean, inverse, dx));
            assertClose(dx, expected, 3e-6);
        }
    }

    private GroupNorm.Forward forward(Then then, Tensor result) {
        return new GroupNorm.Forward(x, 3, weight, bias, EPSILON, then, result, mean, inverse);
    }

    private static double[] silu(double[] values) {
        return Arrays.stream(values)
                .map(value -> value / (1 + Math.exp(-value)))
                .toArray();
    }

    @ParameterizedTest
    @EnumSource
    void staysExactFarFromZero(KernelProvider provider) {
        Tensor far = Tensor.of(2, 2, 4096, 4097, 4098, 4099);
        Tensor ones = Tensor.of(1, 2, 1, 1);
        Tensor result = Tensor.zeros(2, 2);
        provider.open()
                .run(new GroupNorm.Forward(
                        far,
                        1,
                        ones,
                        Tensor.zeros(1, 2),
                        0,
                        Then.NOTHING,
                        result,
                        Tensor.zeros(1, 1),
                        Tensor.zeros(1, 1)));
        double step = 1 / Math.sqrt(1.25);
        assertClose(result, new double[] {-1.5 * step, -0.5 * step, 0.5 * step, 1.5 * step}, 1e-6);
    }

    @ParameterizedTest
    @EnumSource
    void groupsMustDivideTheChannels(KernelProvider provider) {
        assertThatThrownBy(() -> provider.open()
                        .run(new GroupNorm.Forward(x, 5, weight, bias, EPSILON, Then.NOTHING, out, mean, inverse)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("groups: 5 of 12 columns (must divide)");
    }

    private double[] expected(double[] values) {
        double[] expected = new double[values.length];
        for (int group = 0; group < 3; group++) {
            double mean = 0;
            double square = 0;
            for (int i = 0; i < 20; i++) {
                double value = values[place(group, i)];
                mean += value / 20;
                square += value * value / 20;
            }
            double deviation = Math.sqrt(square - mean * mean + EPSILON);
            for (int i = 0; i < 20; i++) {
                int place = place(group, i);
                expected[place] =
                        (values[place] - mean) / deviation * doubles(weight)[place % 12] + doubles(bias)[place % 12];
            }
        }
        return expected;
    }

    private static int place(int group, int i) {
        return i / 4 * 12 + group * 4 + i % 4;
    }
}
