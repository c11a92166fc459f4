package org.loradash.tsd.direction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.loradash.tsd.Fixtures;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.TensorDirectory;
import org.loradash.tsd.linalg.SingularValueDecomposition;
import org.loradash.tsd.linalg.ThinSvd;

class BasisTest {
    @Property(tries = 40)
    void aMatrixOnItsOwnCoreBasisIsItsSingularValues(
            @ForAll @IntRange(min = 1, max = 25) int rows,
            @ForAll @IntRange(min = 1, max = 25) int columns,
            @ForAll long seed) {
        float[] matrix = gaussian(rows * columns, seed);
        SingularValueDecomposition svd = ThinSvd.of(matrix, rows, columns);
        assertThat(new CoreBasis(svd).project(new WeightUpdate.Dense(matrix)))
                .containsExactly(svd.sigma(), within(1e-4f));
    }

    @Test
    void directionsAreOfUnitLengthAndAtRightAngles() {
        CoreBasis basis = new CoreBasis(ThinSvd.of(gaussian(7 * 5, 3), 7, 5));
        assertThat(basis.direction(1).inner(basis.direction(1))).isCloseTo(1, within(1e-5));
        assertThat(basis.direction(1).inner(basis.direction(3))).isCloseTo(0, within(1e-5));
        assertThatThrownBy(() -> basis.direction(5)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void projectingATunedWeightIsWhatNumPyFinds() {
        SingularValueDecomposition svd = ThinSvd.of(weight("base"), 16, 40);
        float[] core = new CoreBasis(svd).project(new WeightUpdate.Dense(weight("tuned")));
        double[] global = Fixtures.numbers(Fixtures.expected().get("global"));
        for (int i = 0; i < core.length; i++) {
            assertThat((double) Math.abs(core[i])).isCloseTo(global[i * core.length + i], within(2e-4));
        }
    }

    @Test
    void aChangeOfOneCoordinateIsTheOnlyOneThatMoves() {
        SingularValueDecomposition svd = ThinSvd.of(gaussian(9 * 6, 8), 9, 6);
        RankOne direction = new CoreBasis(svd).direction(4);
        CoreChange change = new CoreBasis(svd).change(new WeightUpdate.LowRank(direction.u(), direction.v(), 3), 1e-6);
        assertThat(change.directions(1)).containsExactly(4);
        assertThat(change.deltaSigma()[4]).isCloseTo(3, within(1e-5f));
        assertThat(change.changeRates()[4]).isCloseTo(3 / svd.sigma()[4], within(1e-4f));
        assertThat(change.changeRates()[0]).isLessThan(1e-5f);
    }

    @Test
    void zeroIsKnownWithoutLooking() {
        assertThat(new WeightUpdate.Dense(new float[4]).isZero()).isTrue();
        assertThat(new WeightUpdate.Dense(new float[] {0, Float.MIN_VALUE}).isZero())
                .isFalse();
        assertThat(new WeightUpdate.LowRank(new float[2], new float[] {1, 1}, 1).isZero())
                .isTrue();
        assertThat(new WeightUpdate.LowRank(new float[] {1}, new float[] {1}, 1).isZero())
                .isFalse();
    }

    @Test
    void amplificationIsOfTheChosenDirections() {
        Amplification amplification =
                Amplification.of(new float[] {1, 2, 4, 0}, new float[] {9, 5, 2, 0}, new int[] {2, 1});
        assertThat(amplification.atBoundary()).containsExactly(4, 2);
        assertThat(amplification.atEnd()).containsExactly(2, 5);
        assertThat(amplification.factor()).isEqualTo(7 / 6.0);
    }

    private static float[] weight(String model) {
        Path path = new Path(Fixtures.path(model).toUri());
        try (TensorDirectory weights =
                TensorDirectory.open(FileSystems.of("model", path.toString(), new Configuration()), path)) {
            return weights.readFloats("model.layers.0.self_attn.v_proj.weight");
        }
    }

    private static float[] gaussian(int size, long seed) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
