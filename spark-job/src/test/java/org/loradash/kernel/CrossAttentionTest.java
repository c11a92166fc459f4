package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.doubles;

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
            provider.open(2).run(new CrossAttention(q, k, v, heads, 0.7f, out));
            assertClose(out, expected, 3e-6);
        }
    }

    @ParameterizedTest
    @EnumSource
    void headsMustDivideTheColumns(KernelProvider provider) {
        Tensor x = Tensor.zeros(2, 6);
        assertThatThrownBy(() -> provider.open().run(new CrossAttention(x, x, x, 4, 1, Tensor.zeros(2, 6))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("heads: 4 of 6 columns (must divide)");
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
