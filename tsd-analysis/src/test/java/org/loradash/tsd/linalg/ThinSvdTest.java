package org.loradash.tsd.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;
import org.junit.jupiter.api.Test;
import org.loradash.tsd.InvalidInput;

class ThinSvdTest {
    @Property(tries = 60)
    void theFactorsGiveTheMatrixBack(
            @ForAll @IntRange(min = 1, max = 90) int rows,
            @ForAll @IntRange(min = 1, max = 90) int columns,
            @ForAll @IntRange(min = -15, max = 15) int exponent,
            @ForAll long seed) {
        float[] matrix = random(rows, columns, seed);
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = Math.scalb(matrix[i], exponent);
        }
        assertDecomposes(matrix, ThinSvd.of(matrix, rows, columns));
    }

    @Test
    void decomposesAMatrixOfLowRank() {
        float[] matrix = new float[40 * 30];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = (i / 30 + 1) * (i % 30 - 7);
        }
        SingularValueDecomposition svd = ThinSvd.of(matrix, 40, 30);
        assertDecomposes(matrix, svd);
        assertThat(svd.sigma()[1]).isLessThan(svd.sigma()[0] * 1e-5f);
    }

    @Test
    void decomposesZero() {
        SingularValueDecomposition svd = ThinSvd.of(new float[12], 3, 4);
        assertThat(svd.sigma()).containsExactly(0, 0, 0);
        assertOrthonormal(svd.u(), 3, 3);
        assertOrthonormal(svd.v(), 4, 3);
    }

    /** Its values' product is the determinant, 2^-20, and their squares' sum that of the elements, which float32 has exactly. */
    @Test
    void ofASingularValueThatIsNearlyZeroEveryDigitIsRight() {
        float nearlyOne = 1 + 0x1p-20f;
        SingularValueDecomposition svd = ThinSvd.of(new float[] {1, 1, 1, nearlyOne}, 2, 2);
        double squares = 3 + (double) nearlyOne * nearlyOne;
        double largest = Math.sqrt((squares + Math.sqrt(squares * squares - 4 * 0x1p-40)) / 2);
        assertThat((double) svd.sigma()[1]).isCloseTo(0x1p-20 / largest, withinPercentage(1e-4));
    }

    @Test
    void theSameMatrixGivesTheSameBitsWhateverRunsBeside() {
        float[] matrix = random(200, 120, 3);
        SingularValueDecomposition alone = ThinSvd.of(matrix, 200, 120);
        IntStream.range(0, 16).parallel().forEach(run -> {
            SingularValueDecomposition beside = ThinSvd.of(matrix, 200, 120);
            assertThat(beside.u()).isEqualTo(alone.u());
            assertThat(beside.sigma()).isEqualTo(alone.sigma());
            assertThat(beside.v()).isEqualTo(alone.v());
        });
    }

    @Test
    void computesWithOneThreadAndPutsTheNumberBack() {
        ThinSvd.of(new float[] {1}, 1, 1);
        int before = openblas.blas_get_num_threads();
        assertThat(before).isPositive();
        try (OneThread outer = OneThread.enter();
                OneThread inner = OneThread.enter()) {
            assertThat(openblas.blas_get_num_threads()).isEqualTo(1);
        }
        assertThat(openblas.blas_get_num_threads()).isEqualTo(before);
    }

    @Test
    void theSlowerAlgorithmGivesTheSameDecomposition() {
        float[] matrix = random(7, 5, 1);
        try (FloatPointer a = new FloatPointer(35);
                FloatPointer sigma = new FloatPointer(5);
                FloatPointer left = new FloatPointer(25);
                FloatPointer right = new FloatPointer(35)) {
            a.put(matrix);
            assertThat(ThinSvd.qrIteration(7, 5, a, sigma, left, right)).isZero();
            float[] vTransposed = new float[25];
            left.get(vTransposed);
            float[] u = new float[35];
            right.get(u);
            float[] values = new float[5];
            sigma.get(values);
            float[] v = ThinSvd.transposed(vTransposed, 5, 5);
            assertDecomposes(matrix, new SingularValueDecomposition(7, 5, u, values, v));
        }
    }

    @Test
    void refusesWhatIsNotFinite() {
        assertThatThrownBy(() -> ThinSvd.of(new float[] {1, 2, 3, Float.NaN}, 2, 2))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("matrix of 2 x 2, row 1, column 1: NaN (must be finite to be decomposed)");
        assertThatThrownBy(() -> ThinSvd.of(new float[] {1, Float.NEGATIVE_INFINITY}, 1, 2))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("column 1: -Infinity");
    }

    @Test
    void refusesALengthThatIsNotTheShapes() {
        assertThatThrownBy(() -> ThinSvd.of(new float[5], 2, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("matrix of 2 x 3: 5 elements");
    }

    private static void assertDecomposes(float[] matrix, SingularValueDecomposition svd) {
        int n = svd.size();
        double residual = 0;
        double norm = 0;
        for (int i = 0; i < svd.rows(); i++) {
            for (int j = 0; j < svd.columns(); j++) {
                double sum = 0;
                for (int k = 0; k < n; k++) {
                    sum += (double) svd.u()[i * n + k] * svd.sigma()[k] * svd.v()[j * n + k];
                }
                double w = matrix[i * svd.columns() + j];
                residual += (w - sum) * (w - sum);
                norm += w * w;
            }
        }
        assertThat(Math.sqrt(residual / norm)).isLessThan(1e-5);
        assertOrthonormal(svd.u(), svd.rows(), n);
        assertOrthonormal(svd.v(), svd.columns(), n);
        for (int k = 0; k < n; k++) {
            assertThat(svd.sigma()[k])
                    .isGreaterThanOrEqualTo(0)
                    .isLessThanOrEqualTo(k == 0 ? Float.MAX_VALUE : svd.sigma()[k - 1]);
        }
    }

    private static void assertOrthonormal(float[] columns, int rows, int n) {
        double worst = 0;
        for (int a = 0; a < n; a++) {
            for (int b = a; b < n; b++) {
                double product = 0;
                for (int i = 0; i < rows; i++) {
                    product += (double) columns[i * n + a] * columns[i * n + b];
                }
                worst = Math.max(worst, Math.abs(product - (a == b ? 1 : 0)));
            }
        }
        assertThat(worst).isLessThan(2e-5);
    }

    private static float[] random(int rows, int columns, long seed) {
        Random random = new Random(seed);
        float[] matrix = new float[rows * columns];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = (float) random.nextGaussian();
        }
        return matrix;
    }
}
