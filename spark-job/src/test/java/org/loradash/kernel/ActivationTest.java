package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;
import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.copyOf;
import static org.loradash.kernel.Samples.doubles;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.kernel.operation.Activate;
import org.loradash.kernel.operation.Activation;

class ActivationTest {
    /** From -9.5 to 9.5 in steps that meet no bend. */
    private static final Tensor X = steps();

    private static Tensor steps() {
        float[] x = new float[1901];
        for (int i = 0; i < x.length; i++) {
            x[i] = (i - 950.5f) / 100;
        }
        return Tensor.of(1, x.length, x);
    }

    @ParameterizedTest
    @EnumSource
    void isItsFunctionOfEveryElement(KernelProvider provider) {
        for (Activation activation : Activation.values()) {
            Tensor out = Tensor.zeros(1, X.columns());
            provider.open().run(new Activate.Forward(X, activation, out));
            float[] values = out.toArray();
            float[] xs = X.toArray();
            for (int i = 0; i < values.length; i++) {
                float x = xs[i];
                // Two roundings of a float32 as large as x.
                assertThat(Math.abs(values[i] - value(activation, x)))
                        .as("%s of %s: %s", activation, x, values[i])
                        .isLessThanOrEqualTo(1.5e-7 * Math.max(1, Math.abs(x)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void backwardEqualsFiniteDifferencesAndGivesTheForwardAgain(KernelProvider provider) {
        for (Activation activation : Activation.values()) {
            Tensor x = copyOf(X);
            Tensor dOut = new Samples(3).normal(1, X.columns());
            double[] expected = doubles(dOut);
            float[] xs = X.toArray();
            for (int i = 0; i < expected.length; i++) {
                float at = xs[i];
                expected[i] *= (value(activation, at + 1e-5) - value(activation, at - 1e-5)) / 2e-5;
            }
            provider.open().run(new Activate.Backward(dOut, x, activation));
            assertClose(x, expected, 2e-6);
            Tensor out = Tensor.zeros(1, X.columns());
            provider.open().run(new Activate.Forward(X, activation, out));
            assertClose(dOut, out, 0);
        }
    }

    /** ND4J's has an absolute error of 1e-8 there. */
    @Test
    void theFusedHyperbolicTangentKeepsItsDigitsNearZero() {
        Tensor x = Tensor.of(1, 3, 1e-6f, -1e-4f, 1e-3f);
        KernelProvider.FUSED.open().run(new Activate.Forward(x, Activation.TANH, x));
        float[] expected = {1e-6f, (float) Math.tanh(-1e-4f), (float) Math.tanh(1e-3f)};
        for (int i = 0; i < expected.length; i++) {
            assertThat(x.toArray()[i]).isCloseTo(expected[i], withPercentage(1e-5));
        }
    }

    private static double value(Activation activation, double x) {
        return switch (activation) {
            case GELU -> x * (1 + erf(x * Math.sqrt(0.5))) / 2;
            case GELU_TANH -> x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2;
            case GELU_QUICK -> x / (1 + Math.exp(-1.702 * x));
            case RELU -> Math.max(x, 0);
            case SILU -> x / (1 + Math.exp(-x));
            case TANH -> Math.tanh(x);
        };
    }

    /** By its series near zero, and by the continued fraction of 1 - erf elsewhere (Abramowitz and Stegun 7.1.6, 7.1.14). */
    private static double erf(double x) {
        if (Math.abs(x) > 2.5) {
            double fraction = 0;
            for (int k = 200; k > 0; k--) {
                fraction = k / 2.0 / (Math.abs(x) + fraction);
            }
            return Math.signum(x) * (1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / (Math.abs(x) + fraction));
        }
        double term = x;
        double sum = x;
        for (int n = 1; n < 100; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }
}
