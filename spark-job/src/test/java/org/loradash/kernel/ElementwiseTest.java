package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.doubles;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.Adam;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.CrossEntropy;
import org.loradash.kernel.operation.Drop;
import org.loradash.kernel.operation.DropoutMask;
import org.loradash.kernel.operation.GatedUnit;
import org.loradash.kernel.operation.Scale;

class ElementwiseTest {
    private final Samples samples = new Samples(17);

    @ParameterizedTest
    @EnumSource
    void swiGluGatesUpBySiluOfGate(KernelProvider provider) {
        Tensor gate = samples.normal(5, 9, 4);
        Tensor up = samples.normal(5, 9);
        Tensor out = Tensor.zeros(5, 9);
        provider.open().run(new GatedUnit.Forward(gate, up, Activation.SILU, out));
        assertClose(out, Reference.swiGlu(doubles(gate), doubles(up)), 1e-6);
    }

    @ParameterizedTest
    @EnumSource
    void swiGluSaturatesAtLargeGates(KernelProvider provider) {
        Tensor gate = Tensor.of(1, 4, 1e4f, -1e4f, 90, -90);
        Tensor up = Tensor.of(1, 4, 1, 1, 1, 1);
        Tensor out = Tensor.zeros(1, 4);
        provider.open().run(new GatedUnit.Forward(gate, up, Activation.SILU, out));
        assertClose(out, new double[] {1e4, 0, 90, 0}, 1e-7);
    }

    @ParameterizedTest
    @EnumSource
    void swiGluBackwardEqualsFiniteDifferencesAndGivesTheForwardAgain(KernelProvider provider) {
        Tensor gate = samples.normal(5, 9, 4);
        Tensor up = samples.normal(5, 9);
        Tensor dOut = samples.normal(5, 9);
        double[] gates = doubles(gate);
        double[] ups = doubles(up);
        double[] dOuts = doubles(dOut);
        provider.open().run(new GatedUnit.Backward(dOut, gate, up, Activation.SILU));
        assertClose(gate, Reference.gradient(moved -> Reference.swiGlu(moved, ups), gates, dOuts), 2e-6);
        assertClose(up, Reference.gradient(moved -> Reference.swiGlu(gates, moved), ups, dOuts), 2e-6);
        assertClose(dOut, Reference.swiGlu(gates, ups), 1e-6);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotANumberStaysSo(KernelProvider provider) {
        Tensor gate = Tensor.of(1, 3, Float.NaN, 1, 1);
        Tensor up = Tensor.of(1, 3, 1, Float.NaN, 1);
        Tensor out = Tensor.zeros(1, 3);
        Tensor logits = Tensor.of(2, 2, 0, Float.NaN, 0, 1);
        Kernels kernels = provider.open();
        kernels.run(new GatedUnit.Forward(gate, up, Activation.SILU, out));
        assertThat(out.toArray()[0]).isNaN();
        assertThat(out.toArray()[1]).isNaN();
        assertThat(out.toArray()[2]).isFinite();
        assertThat(kernels.run(new CrossEntropy(logits, new int[] {0, 1}, 1))).isNaN();
    }

    @ParameterizedTest
    @EnumSource
    void scalesEveryElement(KernelProvider provider) {
        Tensor x = samples.normal(7, 300);
        double[] expected = doubles(x);
        for (int i = 0; i < expected.length; i++) {
            expected[i] *= -0.5;
        }
        provider.open().run(new Scale(x, -0.5f));
        assertClose(x, expected, 0);
    }

    @ParameterizedTest
    @EnumSource
    void addsAMultiple(KernelProvider provider) {
        Tensor x = Tensor.of(1, 3, 1, 2, 3);
        Tensor y = Tensor.of(1, 3, 10, 20, 30);
        provider.open().run(new Add(x, -2, y));
        assertThat(y.toArray()).containsExactly(8, 16, 24);
    }

    @ParameterizedTest
    @EnumSource
    void copiesBetweenWindows(KernelProvider provider) {
        Tensor x = samples.normal(6, 5);
        Tensor y = Tensor.zeros(6, 5);
        provider.open().run(new Copy(x.rows(1, 3), y.rows(4, 6)));
        assertClose(y.rows(4, 6), x.rows(1, 3), 0);
        assertClose(y.rows(0, 4), new double[20], 0);
    }

    @ParameterizedTest
    @EnumSource
    void dropoutMakesTheMaskOfItsContract(KernelProvider provider) {
        Tensor x = samples.normal(37, 41);
        Tensor out = Tensor.zeros(37, 41);
        float probability = 0.3f;
        provider.open().run(new Drop(x, 99L, 0, probability, out));
        double[] expected = doubles(x);
        int key = DropoutMask.key(99L);
        for (int i = 0; i < expected.length; i++) {
            int h = i * 0x9E3779B9 ^ key;
            h = (h ^ h >>> 16) * 0x7feb352d;
            h = (h ^ h >>> 15) * 0x846ca68b;
            h ^= h >>> 16;
            expected[i] = (h >>> 8) * 0x1p-24f >= probability ? expected[i] / 0.7 : 0;
        }
        assertClose(out, expected, 1e-6);
    }

    @ParameterizedTest
    @EnumSource
    void dropoutOfSomeRowsIsThatOfTheWhole(KernelProvider provider) {
        Tensor x = samples.normal(9, 41);
        Tensor whole = Tensor.zeros(9, 41);
        Tensor some = Tensor.zeros(4, 41);
        Kernels kernels = provider.open();
        kernels.run(new Drop(x, 7, 0, 0.4f, whole));
        kernels.run(new Drop(x.rows(3, 7), 7, 3, 0.4f, some));
        assertClose(some, whole.rows(3, 7), 0);
    }

    @ParameterizedTest
    @EnumSource
    void dropoutOfProbabilityZeroChangesNothing(KernelProvider provider) {
        Tensor x = samples.normal(3, 50);
        Tensor out = Tensor.zeros(3, 50);
        provider.open().run(new Drop(x, 1, 0, 0, out));
        assertClose(out, x, 0);
    }

    @ParameterizedTest
    @EnumSource
    void dropoutDropsThatFractionAndOthersForAnotherSeed(KernelProvider provider) {
        Tensor x = Tensor.zeros(100, 1000);
        x.fill(1);
        Tensor first = Tensor.zeros(100, 1000);
        Tensor second = Tensor.zeros(100, 1000);
        Kernels kernels = provider.open();
        kernels.run(new Drop(x, 1, 0, 0.2f, first));
        kernels.run(new Drop(x, 2, 0, 0.2f, second));
        float[] one = first.toArray();
        float[] two = second.toArray();
        int dropped = 0;
        int droppedInBoth = 0;
        for (int i = 0; i < one.length; i++) {
            dropped += one[i] == 0 ? 1 : 0;
            droppedInBoth += one[i] == 0 && two[i] == 0 ? 1 : 0;
        }
        assertThat(dropped / 1e5).isCloseTo(0.2, within(0.005));
        assertThat(droppedInBoth / 1e5).isCloseTo(0.04, within(0.003));
    }

    @ParameterizedTest
    @EnumSource
    void adamStepsAsPyTorchDoes(KernelProvider provider) {
        Tensor gradient = samples.normal(3, 19);
        Tensor m = samples.normal(3, 19);
        Tensor v = Tensor.of(3, 19, absolutes(samples.normal(3, 19).toArray()));
        double[] g = doubles(gradient);
        double[] ms = doubles(m);
        double[] vs = doubles(v);
        double[] expected = new double[g.length];
        for (int i = 0; i < g.length; i++) {
            ms[i] = 0.9 * ms[i] + 0.1 * g[i];
            vs[i] = 0.999 * vs[i] + 0.001 * g[i] * g[i];
            double denominator = Math.sqrt(vs[i] / (1 - Math.pow(0.999, 7))) + 1e-8;
            expected[i] = 2e-4 * (ms[i] / (1 - Math.pow(0.9, 7))) / denominator;
        }
        provider.open().run(new Adam(gradient, m, v, new Adam.Step(2e-4, 0.9, 0.999, 1e-8, 7)));
        assertClose(m, ms, 1e-6);
        assertClose(v, vs, 1e-6);
        assertClose(gradient, expected, 1e-6);
    }

    private static float[] absolutes(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.abs(values[i]);
        }
        return values;
    }
}
