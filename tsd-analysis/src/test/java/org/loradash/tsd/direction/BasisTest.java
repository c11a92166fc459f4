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
import org.loradash.tsd.io.SafetensorsDirectory;
import org.loradash.tsd.linalg.SingularValueDecomposition;
import org.loradash.tsd.linalg.ThinSvd;

class BasisTest {
    @Property(tries = 40)
    void aMatrixOnItsOwnGlobalBasisIsItsSingularValuesOnTheDiagonal(
            @ForAll @IntRange(min = 1, max = 25) int rows,
            @ForAll @IntRange(min = 1, max = 25) int columns,
            @ForAll long seed) {
        float[] matrix = gaussian(rows * columns, seed);
        GlobalBasis basis = new GlobalBasis(ThinSvd.of(matrix, rows, columns));
        Direction projected = basis.project(matrix);
        Direction own = basis.direction();
        for (int i = 0; i < own.size(); i++) {
            for (int j = 0; j < own.size(); j++) {
                assertThat(projected.at(i, j)).isCloseTo(own.at(i, j), within(1e-4f));
            }
        }
    }

    @Property(tries = 40)
    void theCoreCoordinatesAreTheDiagonalOfTheGlobalOnes(
            @ForAll @IntRange(min = 1, max = 25) int rows,
            @ForAll @IntRange(min = 1, max = 25) int columns,
            @ForAll long seed) {
        SingularValueDecomposition svd = ThinSvd.of(gaussian(rows * columns, seed), rows, columns);
        float[] other = gaussian(rows * columns, seed + 1);
        float[] core = new CoreBasis(svd).project(new WeightUpdate.Dense(other));
        float[] diagonal = new GlobalBasis(svd).project(other).core();
        for (int i = 0; i < svd.size(); i++) {
            assertThat(core[i]).isCloseTo(diagonal[i], within(1e-4f));
        }
    }

    @Test
    void directionsAreOfUnitLengthAndAtRightAngles() {
        SingularValueDecomposition svd = ThinSvd.of(gaussian(7 * 5, 3), 7, 5);
        GlobalBasis basis = new GlobalBasis(svd);
        assertThat(basis.direction(1, 2).inner(basis.direction(1, 2))).isCloseTo(1, within(1e-5));
        assertThat(basis.direction(1, 2).inner(basis.direction(1, 3))).isCloseTo(0, within(1e-5));
        assertThat(basis.direction(2, 2).inner(new CoreBasis(svd).direction(2))).isCloseTo(1, within(1e-5));
        assertThatThrownBy(() -> new CoreBasis(svd).direction(5)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void projectingATunedWeightIsWhatNumPyFinds() {
        float[] weight = weight("base");
        Direction projected = new GlobalBasis(ThinSvd.of(weight, 16, 40)).project(weight("tuned"));
        double[] expected = Fixtures.numbers(Fixtures.expected().get("global"));
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) Math.abs(projected.coordinates()[i])).isCloseTo(expected[i], within(2e-4));
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
        assertThat(amplification.factor(0)).isEqualTo(0.5);
        assertThat(amplification.factor()).isEqualTo(7 / 6.0);
    }

    private static float[] weight(String model) {
        Path path = new Path(Fixtures.path(model).toUri());
        try (SafetensorsDirectory weights =
                SafetensorsDirectory.open(FileSystems.of("model", path.toString(), new Configuration()), path)) {
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
