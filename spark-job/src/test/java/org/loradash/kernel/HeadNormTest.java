package org.loradash.kernel;

import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.copyOf;
import static org.loradash.kernel.Samples.doubles;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.kernel.operation.HeadNorm;

class HeadNormTest {
    private static final float EPSILON = 1e-5f;

    private final Samples samples = new Samples(7);

    /** Four tokens, each with three heads of five between columns that are others'. */
    private final Tensor around = samples.normal(4, 20);

    private final Tensor x = around.columns(3, 18);
    private final Tensor weight = samples.normal(1, 5);
    private final Tensor inverse = Tensor.zeros(4, 3);

    /** Heads one behind the other are rows of a matrix of their width. */
    private double[] normed(double[] heads) {
        return Reference.rmsNorm(heads, doubles(weight), EPSILON);
    }

    @ParameterizedTest
    @EnumSource
    void dividesEachHeadByItsRootMeanSquareAndNothingElse(KernelProvider provider) {
        Tensor others = samples.normal(4, 22);
        Tensor before = copyOf(others);
        Tensor out = others.columns(2, 17);
        provider.open().run(new HeadNorm.Forward(x, weight, EPSILON, out, inverse));
        assertClose(copyOf(out), normed(doubles(copyOf(x))), 1e-6);
        assertClose(copyOf(others.columns(0, 2)), copyOf(before.columns(0, 2)), 0);
        assertClose(copyOf(others.columns(17, 22)), copyOf(before.columns(17, 22)), 0);
    }

    @ParameterizedTest
    @EnumSource
    void turnsAGradientIntoFiniteDifferences(KernelProvider provider) {
        Tensor dOut = samples.normal(4, 17).columns(1, 16);
        double[] gradient = Reference.gradient(this::normed, doubles(copyOf(x)), doubles(copyOf(dOut)));
        Kernels kernels = provider.open();
        kernels.run(new HeadNorm.Forward(x, weight, EPSILON, Tensor.zeros(4, 15), inverse));
        kernels.run(new HeadNorm.Backward(dOut, x, weight, inverse));
        assertClose(copyOf(dOut), gradient, 4e-6);
    }
}
