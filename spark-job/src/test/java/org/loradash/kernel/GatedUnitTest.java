package org.loradash.kernel;

import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.copyOf;
import static org.loradash.kernel.Samples.doubles;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.kernel.operation.Activate;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.GatedUnit;

class GatedUnitTest {
    private final Samples samples = new Samples(19);
    private final Tensor both = samples.normal(5, 2300, 3);
    private final Tensor gate = both.columns(0, 1150);
    private final Tensor up = both.columns(1150, 2300);

    @ParameterizedTest
    @EnumSource
    void multipliesWhatAnActivationMakesOfTheGate(KernelProvider provider) {
        Kernels kernels = provider.open();
        for (Activation activation : Activation.values()) {
            Tensor out = Tensor.zeros(5, 1150);
            kernels.run(new GatedUnit.Forward(gate, up, activation, out));
            double[] expected = product(activated(kernels, activation), doubles(copyOf(up)));
            assertClose(out, expected, 1e-6);
        }
    }

    @ParameterizedTest
    @EnumSource
    void givesTheGradientsOfBothAndTheForwardAgain(KernelProvider provider) {
        Kernels kernels = provider.open();
        double[] ups = doubles(copyOf(up));
        for (Activation activation : Activation.values()) {
            Tensor dOut = samples.normal(5, 1150);
            double[] values = activated(kernels, activation);
            double[] dUp = product(values, doubles(dOut));
            Tensor slopes = copyOf(gate);
            Tensor ones = Tensor.zeros(5, 1150);
            ones.fill(1);
            kernels.run(new Activate.Backward(ones, slopes, activation));
            double[] dGate = product(product(doubles(slopes), ups), doubles(dOut));
            Tensor changed = copyOf(both);
            kernels.run(
                    new GatedUnit.Backward(dOut, changed.columns(0, 1150), changed.columns(1150, 2300), activation));
            assertClose(copyOf(changed.columns(0, 1150)), dGate, 1e-6);
            assertClose(copyOf(changed.columns(1150, 2300)), dUp, 1e-6);
            assertClose(dOut, product(values, ups), 1e-6);
        }
    }

    private double[] activated(Kernels kernels, Activation activation) {
        Tensor values = Tensor.zeros(5, 1150);
        kernels.run(new Activate.Forward(copyOf(gate), activation, values));
        return doubles(values);
    }

    private static double[] product(double[] x, double[] y) {
        double[] product = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            product[i] = x[i] * y[i];
        }
        return product;
    }
}
