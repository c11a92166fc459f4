package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.doubles;

import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.kernel.operation.CrossAttention;

class CrossAttentionTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 1, 4", "5, 77, 3, 8", "70, 9, 2, 5", "33, 40, 1, 20"})
    void weighsValuesByTheSoftmaxOfProducts(int queries, int keys, int heads, int d) {
        Samples samples = new Samples(queries);
        Tensor q = samples.normal(queries, heads * d);
        Tensor both = samples.normal(keys, 2 * heads * d);
        Tensor k = both.columns(0, heads * d);
        Tensor v = both.columns(heads * d, 2 * heads * d);
        double[] expected = expected(doubles(q), doubles(k), doubles(v), keys, heads, d);
        for (KernelProvider provider : KernelProvider.values()) {
            Tensor out = Tensor.zeros(queries, heads * d);
            Tensor sums = Tensor.zeros(queries, heads);
            Kernels kernels = provider.open(2);
            kernels.run(new CrossAttention.Forward(q, k, v, heads, 0.7f, out, sums));
            assertClose(out, expected, 3e-6);
            Tensor dOut = samples.normal(queries, heads * d);
            Tensor dq = Tensor.zeros(queries, heads * d);
            Tensor dBoth = Tensor.zeros(keys, 2 * heads * d);
            Tensor dk = dBoth.columns(0, heads * d);
            Tensor dv = dBoth.columns(heads * d, 2 * heads * d);
            kernels.run(new CrossAttention.Backward(dOut, q, k, v, heads, 0.7f, out, sums, dq, dk, dv));
            assertClose(dq, gradient(x -> expected(x, doubles(k), doubles(v), keys, heads, d), q, dOut), 1e-5, 1);
            assertClose(dk, gradient(x -> expected(doubles(q), x, doubles(v), keys, heads, d), k, dOut), 1e-5, 1);
            assertClose(dv, gradient(x -> expected(doubles(q), doubles(k), x, keys, heads, d), v, dOut), 1e-5);
        }
    }

    @ParameterizedTest
    @EnumSource
    void headsMustDivideTheColumns(KernelProvider provider) {
        Tensor x = Tensor.zeros(2, 6);
        assertThatThrownBy(() -> provider.open()
                        .run(new CrossAttention.Forward(x, x, x, 4, 1, Tensor.zeros(2, 6), Tensor.zeros(2, 4))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("heads: 4 of 6 columns (must divide)");
    }

    private static double[] gradient(UnaryOperator<double[]> function, Tensor at, Tensor dOut) {
        return Reference.gradient(function, doubles(at), doubles(dOut));
    }

    private static double[] expected(double[] q, double[] k, double[] v, int keys, int heads, int d) {
        int width = heads * d;
        double[] out = new double[q.length];
        for (int i = 0; i < q.length / width; i++) {
            for (int head = 0; head < heads; head++) {
                double[] weights = new double[keys];
                double sum = 0;
                for (int j = 0; j < keys; j++) {
                    double score = 0;
                    for (int c = head * d; c < (head + 1) * d; c++) {
                        score += q[i * width + c] * k[j * width + c];
                    }
                    weights[j] = Math.exp(0.7f * score);
                    sum += weights[j];
                }
                for (int j = 0; j < keys; j++) {
                    for (int c = head * d; c < (head + 1) * d; c++) {
                        out[i * width + c] += weights[j] / sum * v[j * width + c];
                    }
                }
            }
        }
        return out;
    }
}
