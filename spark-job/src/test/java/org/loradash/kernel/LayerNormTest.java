package org.loradash.kernel;

import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.doubles;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.kernel.operation.LayerNorm;

class LayerNormTest {
    private static final float EPSILON = 1e-5f;

    private final Samples samples = new Samples(5);
    private final Tensor x = samples.normal(3, 7);
    private final Tensor weight = samples.normal(1, 7);
    private final Tensor bias = samples.normal(1, 7);
    private final Tensor out = Tensor.zeros(3, 7);
    private final Tensor mean = Tensor.zeros(3, 1);
    private final Tensor inverse = Tensor.zeros(3, 1);

    @ParameterizedTest
    @EnumSource
    void givesEachRowThatMeanAndVariance(KernelProvider provider) {
        provider.open().run(new LayerNorm.Forward(x, weight, bias, EPSILON, out, mean, inverse));
        assertClose(out, Reference.layerNorm(doubles(x), doubles(weight), doubles(bias), EPSILON), 1e-6);
    }

    @ParameterizedTest
    @EnumSource
    void staysExactFarFromZero(KernelProvider provider) {
        Tensor far = Tensor.of(1, 4, 4096, 4097, 4098, 4099);
        Tensor one = Tensor.of(1, 4, 1, 1, 1, 1);
        Tensor result = Tensor.zeros(1, 4);
        provider.open()
                .run(new LayerNorm.Forward(
                        far, one, Tensor.zeros(1, 4), 0, result, Tensor.zeros(1, 1), Tensor.zeros(1, 1)));
        double step = 1 / Math.sqrt(1.25);
        assertClose(result, new double[] {-1.5 * step, -0.5 * step, 0.5 * step, 1.5 * step}, 1e-6);
    }

    @ParameterizedTest
    @EnumSource
    void addsFiniteDifferencesToTheGradientAndGivesTheForwardAgain(KernelProvider provider) {
        Tensor dOut = samples.normal(3, 7);
        Tensor dx = samples.normal(3, 7);
        double[] expected = doubles(dx);
        double[] gradient = Reference.gradient(
                moved -> Reference.layerNorm(moved, doubles(weight), doubles(bias), EPSILON),
                doubles(x),
                doubles(dOut));
        Kernels kernels = provider.open();
        kernels.run(new LayerNorm.Forward(x, weight, bias, EPSILON, out, mean, inverse));
        kernels.run(new LayerNorm.Backward(dOut, x, weight, bias, mean, inverse, dx));
        assertClose(dOut, out, 1e-6);
        for (int i = 0; i < expected.length; i++) {
            expected[i] += gradient[i];
        }
        assertClose(dx, expected, 2e-6);
    }

    @ParameterizedTest
    @EnumSource
    void leavesTheBiasOfARowOfEqualValues(KernelProvider provider) {
        Tensor equal = Tensor.zeros(3, 7);
        equal.fill(3);
        provider.open().run(new LayerNorm.Forward(equal, weight, bias, EPSILON, out, mean, inverse));
        assertClose(out.rows(2, 3), bias, 1e-7);
    }
}
