package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
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
    void leavesWhatAHeadHasBeyondItsAngles(KernelProvider provider) {
        Tensor x = samples.normal(4, 2 * 9);
        Tensor cosines = samples.normal(9, 3);
        Tensor sines = samples.normal(9, 3);
        int[] positions = {8, 0, 0, 5};
        double[] expected = doubles(x);
        for (int head = 0; head < 2; head++) {
            double[] turned = Reference.rotate(
                    doubles(copyOf(x.columns(9 * head, 9 * head + 6))), 1, doubles(cosines), doubles(sines), positions);
            for (int row = 0; row < 4; row++) {
                System.arraycopy(turned, row * 6, expected, row * 18 + head * 9, 6);
            }
        }
        provider.open().run(new Rotate(x, 2, cosines, sines, positions, Direction.FORWARD));
        assertClose(x, expected, 1e-6);
    }

    /** Also where angles stretch what they turn: the products with any y and of its transpose with any x are the same. */
    @ParameterizedTest
    @EnumSource
    void turnsGradientsByTheTranspose(KernelProvider provider) {
        Tensor x = samples.normal(4, 2 * 9);
        Tensor y = samples.normal(4, 2 * 9);
        double[] xs = doubles(x);
        double[] ys = doubles(y);
        Tensor cosines = samples.normal(9, 3, 1.3);
        Tensor sines = samples.normal(9, 3, 1.3);
        int[] positions = {8, 0, 0, 5};
        Kernels kernels = provider.open();
        kernels.run(new Rotate(x, 2, cosines, sines, positions, Direction.FORWARD));
        kernels.run(new Rotate(y, 2, cosines, sines, positions, Direction.TRANSPOSED));
        double forward = 0;
        double transposed = 0;
        for (int i = 0; i < xs.length; i++) {
            forward += doubles(x)[i] * ys[i];
            transposed += xs[i] * doubles(y)[i];
        }
        assertThat(transposed).isCloseTo(forward, within(1e-5 * Math.abs(forward)));
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
