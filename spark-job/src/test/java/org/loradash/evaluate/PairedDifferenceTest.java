package org.loradash.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.loradash.figure.Interval;

class PairedDifferenceTest {
    private static final List<Scores> ONES = List.of(
            scores(new double[] {1, 0, 1, 1}, new double[] {0, 1}),
            scores(new double[] {1, 1, 1, 0}, new double[] {1, 1}),
            scores(new double[] {0, 1, 1, 1}, new double[] {1, 0}));
    private static final List<Scores> OTHERS = List.of(
            scores(new double[] {0, 0, 1, 1}, new double[] {0, 0}),
            scores(new double[] {1, 0, 1, 0}, new double[] {1, 0}),
            scores(new double[] {0, 0, 1, 1}, new double[] {1, 1}));

    /** By hand: the differences of the averages are 3/8, 3/8 and -1/8; t(0.975, 2) = 4.302653. */
    @Test
    void isTheMeanOverPairsWithItsIntervals() {
        PairedDifference difference = PairedDifference.of(ONES, OTHERS);
        assertThat(difference.value()).isEqualTo(0.20833333333333334, within(1e-12));
        checkAround(difference.overSeeds().orElseThrow(), 0.20833333333333334, 0.7171087883185459);
        checkAround(difference.overItems().orElseThrow(), 0.20833333333333334, 0.22612060561722788);
    }

    @Test
    void hasNoIntervalOverASingleSeedOrASingleQuestion() {
        PairedDifference one = PairedDifference.of(ONES.subList(0, 1), OTHERS.subList(0, 1));
        assertThat(one.overSeeds()).isEmpty();
        assertThat(one.overItems()).isPresent();
        List<Scores> single = List.of(new Scores(Map.of("x", Scores.OfSet.mean(new double[] {1}))));
        assertThat(PairedDifference.of(single, single).overItems()).isEmpty();
    }

    @Test
    void isOfTheSameQuestionsAndAsManyRuns() {
        assertThatThrownBy(() -> PairedDifference.of(ONES, OTHERS.subList(0, 2)))
                .hasMessage("3 runs and 2 others (must be as many, one at least)");
        List<Scores> fewer = List.of(scores(new double[] {1, 0}, new double[] {0, 1}));
        assertThatThrownBy(() -> PairedDifference.of(ONES.subList(0, 1), fewer))
                .hasMessage("x: not the same questions or records (must be)");
    }

    @Property(tries = 50)
    void changesItsSignWithTheSides(@ForAll long seed, @ForAll @IntRange(min = 2, max = 5) int pairs) {
        Random random = new Random(seed);
        List<Scores> ones = new ArrayList<>();
        List<Scores> others = new ArrayList<>();
        for (int s = 0; s < pairs; s++) {
            ones.add(scores(random.doubles(7).toArray(), random.doubles(3).toArray()));
            others.add(scores(random.doubles(7).toArray(), random.doubles(3).toArray()));
        }
        PairedDifference there = PairedDifference.of(ones, others);
        PairedDifference back = PairedDifference.of(others, ones);
        assertThat(back.value()).isEqualTo(-there.value(), within(1e-12));
        assertThat(back.overSeeds().orElseThrow().low())
                .isEqualTo(-there.overSeeds().orElseThrow().high(), within(1e-9));
        assertThat(back.overItems().orElseThrow().low())
                .isEqualTo(-there.overItems().orElseThrow().high(), within(1e-9));
    }

    private static void checkAround(Interval interval, double mean, double half) {
        assertThat(interval.low()).isEqualTo(mean - half, within(1e-9));
        assertThat(interval.high()).isEqualTo(mean + half, within(1e-9));
    }

    static Scores scores(double[] x, double[] y) {
        Map<String, Scores.OfSet> bySet = new LinkedHashMap<>();
        bySet.put("x", Scores.OfSet.mean(x));
        bySet.put("y", Scores.OfSet.mean(y));
        return new Scores(bySet);
    }
}
