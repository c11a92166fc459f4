package org.loradash.tsd.direction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.loradash.tsd.linalg.SingularValueDecomposition;
import org.loradash.tsd.linalg.ThinSvd;

class DirectionsTest {
    @Property(tries = 50)
    void projectingFactorsEqualsProjectingTheirProduct(
            @ForAll @IntRange(min = 1, max = 40) int rows,
            @ForAll @IntRange(min = 1, max = 40) int columns,
            @ForAll @IntRange(min = 1, max = 9) int rank,
            @ForAll long seed) {
        Random random = new Random(seed);
        SingularValueDecomposition svd = ThinSvd.of(gaussian(random, rows * columns), rows, columns);
        float[] b = gaussian(random, rows * rank);
        float[] a = gaussian(random, rank * columns);
        float[] product = new float[rows * columns];
        for (int i = 0; i < product.length; i++) {
            for (int k = 0; k < rank; k++) {
                product[i] += 2 * b[i / columns * rank + k] * a[k * columns + i % columns];
            }
        }
        float[] lowRank = CoreProjection.ofLowRank(svd, b, a, 2);
        float[] dense = CoreProjection.ofDense(svd, product);
        for (int i = 0; i < svd.size(); i++) {
            double expected = 0;
            for (int p = 0; p < rows; p++) {
                for (int q = 0; q < columns; q++) {
                    expected += (double) svd.u()[p * svd.size() + i]
                            * product[p * columns + q]
                            * svd.v()[q * svd.size() + i];
                }
            }
            assertThat((double) lowRank[i]).isCloseTo(expected, within(1e-3));
            assertThat((double) dense[i]).isCloseTo(expected, within(1e-4));
        }
    }

    @Test
    void aMatrixHasItsSingularValuesAsCoordinates() {
        float[] matrix = gaussian(new Random(5), 12 * 7);
        SingularValueDecomposition svd = ThinSvd.of(matrix, 12, 7);
        float[] coordinates = CoreProjection.ofDense(svd, matrix);
        for (int i = 0; i < 7; i++) {
            assertThat(coordinates[i]).isCloseTo(svd.sigma()[i], within(1e-4f));
        }
    }

    @Test
    void refusesFactorsThatDoNotFit() {
        SingularValueDecomposition svd = ThinSvd.of(new float[6], 2, 3);
        assertThatThrownBy(() -> CoreProjection.ofLowRank(svd, new float[4], new float[5], 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("B of 4 and A of 5 elements for W of 2 x 3");
        assertThatThrownBy(() -> CoreProjection.ofDense(svd, new float[5]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("M of 5 elements for W of 2 x 3");
    }

    @Test
    void theChangeRateIsRelativeToTheSingularValue() {
        assertThat(ChangeRates.of(new float[] {-2, 0.5f, 0}, new float[] {4, 0, 1}, 0.5))
                .containsExactly(2 / 4.5f, 1, 0);
        assertThatThrownBy(() -> ChangeRates.of(new float[1], new float[1], 0))
                .hasMessage("epsilon: 0.0 (must be positive)");
        assertThatThrownBy(() -> ChangeRates.of(new float[1], new float[2], 1))
                .hasMessage("1 changes of 2 singular values");
    }

    @Test
    void choosesTheHighestRatesAndOfEqualOnesTheSmallerIndex() {
        float[] rates = {0.5f, 3, 0.5f, Float.POSITIVE_INFINITY, 0.1f};
        assertThat(TaskSpecificDirections.choose(rates, 3)).containsExactly(3, 1, 0);
        assertThat(TaskSpecificDirections.choose(rates, 9)).containsExactly(3, 1, 0, 2, 4);
        assertThat(TaskSpecificDirections.choose(rates, 0)).isEmpty();
        assertThatThrownBy(() -> TaskSpecificDirections.choose(rates, -1))
                .hasMessage("count: -1 (must not be negative)");
        assertThatThrownBy(() -> TaskSpecificDirections.choose(new float[] {1, Float.NaN}, 1))
                .hasMessage("change rate of direction 1: NaN (must be a number)");
    }

    @Test
    void takesTheChosenColumnsInTheirOrder() {
        SingularValueDecomposition svd = new SingularValueDecomposition(
                2, 3, new float[] {1, 2, 3, 4}, new float[] {2, 1}, new float[] {5, 6, 7, 8, 9, 10});
        TaskSpecificDirections chosen = TaskSpecificDirections.of(svd, new int[] {1, 0});
        assertThat(chosen.u()).containsExactly(2, 1, 4, 3);
        assertThat(chosen.v()).containsExactly(6, 5, 8, 7, 10, 9);
        assertThat(TaskSpecificDirections.of(svd, new int[] {1}).v()).containsExactly(6, 8, 10);
    }

    private static float[] gaussian(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
