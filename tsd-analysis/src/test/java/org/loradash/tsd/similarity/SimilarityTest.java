package org.loradash.tsd.similarity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.loradash.tsd.Fixtures;
import org.loradash.tsd.direction.CoreBasis;
import org.loradash.tsd.direction.TaskSpecificDirections;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.TensorDirectory;
import org.loradash.tsd.linalg.SingularValueDecomposition;
import org.loradash.tsd.linalg.ThinSvd;

class SimilarityTest {
    @Property(tries = 40)
    void ofOneBasisItIsOneWhereTheDirectionIsTheSameAndZeroElsewhere(
            @ForAll @IntRange(min = 4, max = 30) int rows,
            @ForAll @IntRange(min = 4, max = 30) int columns,
            @ForAll long seed) {
        CoreBasis basis = new CoreBasis(random(rows, columns, seed));
        int[] first = {0, 2, 3};
        int[] second = {3, 1, 0, 2};
        Similarity similarity = Similarity.of(basis, first, second);
        for (int i = 0; i < first.length; i++) {
            for (int j = 0; j < second.length; j++) {
                assertThat(similarity.at(i, j)).isCloseTo(first[i] == second[j] ? 1 : 0, within(2e-5));
            }
        }
        assertThat(similarity.shared(0.99)).isEqualTo(3);
    }

    @Property(tries = 40)
    void ofTwoBasesItIsSymmetricAndAtMostOne(@ForAll @IntRange(min = 3, max = 20) int rows, @ForAll long seed) {
        TaskSpecificDirections first = TaskSpecificDirections.of(random(rows, 12, seed), new int[] {0, 2, 1});
        TaskSpecificDirections second = TaskSpecificDirections.of(random(rows, 12, seed + 1), new int[] {1, 0});
        Similarity there = Similarity.of(first, second);
        Similarity back = Similarity.of(second, first);
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 2; j++) {
                assertThat(there.at(i, j)).isBetween(0.0, 1 + 1e-5).isEqualTo(back.at(j, i));
            }
        }
    }

    @Test
    void ofTwoModelsItIsWhatNumPyFinds() {
        SingularValueDecomposition base = decomposition("base");
        SingularValueDecomposition tuned = decomposition("tuned");
        JsonNode expected = Fixtures.expected().get("bases");
        Similarity similarity = Similarity.of(
                TaskSpecificDirections.of(base, IntStream.range(0, 5).toArray()),
                TaskSpecificDirections.of(tuned, IntStream.range(0, 6).toArray()));
        for (int i = 0; i < 5; i++) {
            for (int j = 0; j < 6; j++) {
                assertThat(similarity.at(i, j)).isCloseTo(expected.get(i).get(j).asDouble(), within(1e-4));
            }
        }
    }

    @Test
    void refusesDirectionsOfAnotherShape() {
        assertThatThrownBy(() -> Similarity.of(
                        TaskSpecificDirections.of(random(5, 4, 1), new int[] {0}),
                        TaskSpecificDirections.of(random(6, 4, 1), new int[] {0})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("vectors of 5 and 6 elements");
    }

    private static SingularValueDecomposition decomposition(String model) {
        Path path = new Path(Fixtures.path(model).toUri());
        try (TensorDirectory weights =
                TensorDirectory.open(FileSystems.of("model", path.toString(), new Configuration()), path)) {
            return ThinSvd.of(weights.readFloats("model.layers.0.self_attn.v_proj.weight"), 16, 40);
        }
    }

    private static SingularValueDecomposition random(int rows, int columns, long seed) {
        Random random = new Random(seed);
        float[] matrix = new float[rows * columns];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = (float) random.nextGaussian();
        }
        return ThinSvd.of(matrix, rows, columns);
    }
}
