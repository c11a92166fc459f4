package org.loradash.kernel;

import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.copyOf;
import static org.loradash.kernel.Samples.doubles;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.kernel.operation.RmsNorm;
import org.loradash.kernel.operation.Rotate;
import org.loradash.kernel.operation.Rotate.Direction;

class NormalisationTest {
    private static final float EPSILON = 1e-5f;

    private final Samples samples = new Samples(5);
    private final Tensor x = samples.normal(3, 7);
    private final Tensor weight = samples.normal(1, 7);
    private final Tensor out = Tensor.zeros(3, 7);
    private final Tensor inverse = Tensor.zeros(3, 1);

    @ParameterizedTest
    @EnumSource
    void dividesEachRowByItsRootMeanSquare(KernelProvider provider) {
        provider.open().run(new RmsNorm.Forward(x, weight, EPSILON, out, inverse));
        assertClose(out, Reference.rmsNorm(doubles(x), doubles(weight), EPSILON), 1e-6);
    }

    @ParameterizedTest
    @EnumSource
    void addsFiniteDifferencesToTheGradientAndGivesTheForwardAgain(KernelProvider provider) {
        Tensor dOut = samples.normal(3, 7);
        Tensor dx = samples.normal(3, 7);
        double[] expected = doubles(dx);
        double[] gradient = Reference.gradient(
                moved -> Reference.rmsNorm(moved, doubles(weight), EPSILON), doubles(x), doubles(dOut));
        Kernels kernels = provider.open();
        kernels.run(new RmsNorm.Forward(x, weight, EPSILON, out, inverse));
        kernels.run(new RmsNorm.Backward(dOut, x, weight, inverse, dx));
        assertClose(dOut, out, 1e-6);
        for (int i = 0; i < expected.length; i++) {
            expected[i] += gradient[i];
        }
        assertClose(dx, expected, 2e-6);
    }

    @ParameterizedTest
    @EnumSource
    void leavesARowOfZerosAtZero(KernelProvider provider) {
        Tensor zeros = Tensor.zeros(3, 7);
        provider.open().run(new RmsNorm.Forward(zeros, weight, EPSILON, out, inverse));
        assertClose(out, new double[21], 0);
    }

    @ParameterizedTest
    @EnumSource
    void turnsPairsHalfAHeadApart(KernelProvider provider) {
        Tensor turned = samples.normal(4, 2 * 6);
        Tensor cosines = samples.normal(9, 3);
        Tensor sines = samples.normal(9, 3);
        int[] positions = {8, 0, 0, 5};
        double[] expected = Reference.rotate(doubles(turned), 2, doubles(cosines), doubles(sines), positions);
        provider.open().run(new Rotate(turned, 2, cosines, sines, positions, Direction.FORWARD));
        assertClose(turned, expected, 1e-6);
    }

    @ParameterizedTest
    @EnumSource
    void turnsBackByTheInverse(KernelProvider provider) {
        Tensor original = samples.normal(4, 6);
        Tensor turned = copyOf(original);
        Tensor cosines = Tensor.of(1, 3, 0.6f, 1, 0);
        Tensor sines = Tensor.of(1, 3, 0.8f, 0, -1);
        Kernels kernels = provider.open();
        kernels.run(new Rotate(turned, 1, cosines, sines, new int[4], Direction.FORWARD));
        kernels.run(new Rotate(turned, 1, cosines, sines, new int[4], Direction.TRANSPOSED));
        assertClose(turned, original, 1e-6);
    }
}
