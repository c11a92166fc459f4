package org.loradash.tsd.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.loradash.tsd.InvalidInput;

class PredictionTest {
    @Test
    void countsAsTheArticleDoes() {
        int[] truth = IntStream.range(100, 130).toArray();
        int[] predicted = {100, 103, 102, 115, 116, 7, 8, 9, 101};
        Prediction prediction = Prediction.of(predicted, truth, Cutoffs.ARTICLE);
        assertThat(prediction.recall()).as("101 came ninth").isEqualTo(3 / 4.0);
        assertThat(prediction.accuracy()).as("115 is the sixteenth, 116 is not").isEqualTo(4 / 8.0);
    }

    @Test
    void aWeightWithFewDirectionsHasNoMoreToPredict() {
        assertThat(Prediction.of(new int[] {2, 0, 1}, new int[] {0, 1, 2}, Cutoffs.ARTICLE))
                .isEqualTo(new Prediction(1, 1));
    }

    @Property
    void predictingTheTruthIsPerfect(
            @ForAll("rankings") int[] truth,
            @ForAll @IntRange(min = 1, max = 8) int recalled,
            @ForAll @IntRange(min = 8, max = 8) int predicted,
            @ForAll @IntRange(min = 8, max = 30) int accepted) {
        assertThat(Prediction.of(truth, truth, new Cutoffs(recalled, predicted, accepted)))
                .isEqualTo(new Prediction(1, 1));
    }

    @Property
    void bothAreSharesAndDependOnTheTopOnly(@ForAll("rankings") int[] predicted, @ForAll("rankings") int[] truth) {
        Prediction whole = Prediction.of(predicted, truth, Cutoffs.ARTICLE);
        assertThat(whole.recall()).isBetween(0.0, 1.0);
        assertThat(whole.accuracy()).isBetween(0.0, 1.0);
        int[] top = Arrays.copyOf(predicted, Math.min(8, predicted.length));
        int[] best = Arrays.copyOf(truth, Math.min(16, truth.length));
        assertThat(Prediction.of(top, best, Cutoffs.ARTICLE)).isEqualTo(whole);
    }

    @Property
    void acceptingMoreNeverLowersAccuracy(
            @ForAll("rankings") int[] predicted,
            @ForAll("rankings") int[] truth,
            @ForAll @IntRange(min = 1, max = 30) int accepted) {
        Prediction strict = Prediction.of(predicted, truth, new Cutoffs(4, 8, accepted));
        Prediction lenient = Prediction.of(predicted, truth, new Cutoffs(4, 8, accepted + 1));
        assertThat(lenient.accuracy()).isGreaterThanOrEqualTo(strict.accuracy());
        assertThat(lenient.recall()).isEqualTo(strict.recall());
    }

    @Test
    void refusesWhatIsNoRanking() {
        assertThatThrownBy(() -> Prediction.of(new int[] {1, 1}, new int[] {0}, Cutoffs.ARTICLE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("predicted directions: [1, 1] (must be different, at least one)");
        assertThatThrownBy(() -> new Cutoffs(4, 0, 16))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("--predicted: 0 (must be at least 1)");
    }

    @Provide
    Arbitrary<int[]> rankings() {
        List<Integer> directions = IntStream.range(0, 40).boxed().toList();
        return Arbitraries.shuffle(directions)
                .map(list -> list.stream().mapToInt(Integer::intValue).toArray());
    }
}
