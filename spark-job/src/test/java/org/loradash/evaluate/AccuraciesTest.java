package org.loradash.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.evaluate.Accuracies.OfSet;
import org.loradash.figure.Interval;
import org.loradash.figure.Proportion;

class AccuraciesTest {
    private static final double Z = 1.959963984540054;

    /** R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17, 1998, table I. */
    @ParameterizedTest
    @CsvSource({"81, 263, 0.2553, 0.3662", "15, 148, 0.0624, 0.1605", "0, 20, 0, 0.1611", "1, 29, 0.0061, 0.1718"})
    void intervalsAreThePublishedOnes(int correct, int n, double low, double high) {
        Interval interval = new Proportion(correct, n).interval();
        assertThat(interval.low()).isCloseTo(low, within(5e-5));
        assertThat(interval.high()).isCloseTo(high, within(5e-5));
    }

    /** What defines Wilson's limits: there the score test just rejects. */
    @Property(tries = 500)
    void limitsAreWhereTheScoreTestRejects(
            @ForAll @IntRange(max = 20000) int correct, @ForAll @IntRange(max = 20000) int wrong) {
        int n = Math.max(1, correct + wrong);
        Proportion proportion = new Proportion(Math.min(correct, n), n);
        Interval interval = proportion.interval();
        assertThat(interval.low()).isBetween(0.0, proportion.value());
        assertThat(interval.high()).isBetween(proportion.value(), 1.0);
        for (double limit : new double[] {interval.low(), interval.high()}) {
            double deviation = proportion.value() - limit;
            assertThat(deviation * deviation).isCloseTo(Z * Z * limit * (1 - limit) / n, within(1e-12));
        }
    }

    @Test
    void theAverageWeighsSetsEqually() {
        Accuracies accuracies = accuracies(new Proportion(1, 2), new Proportion(1000, 1000));
        assertThat(accuracies.average()).isEqualTo(0.75);
    }

    @Test
    void theAverageOfOneSetHasItsInterval() {
        Proportion proportion = new Proportion(81, 263);
        Interval average = accuracies(proportion).averageInterval();
        assertThat(average.low()).isCloseTo(proportion.interval().low(), within(1e-15));
        assertThat(average.high()).isCloseTo(proportion.interval().high(), within(1e-15));
    }

    /** Of K equal sets the half-width is a set's divided by the root of K. */
    @Test
    void theAveragesIntervalShrinksWithTheRootOfTheNumberOfSets() {
        Proportion proportion = new Proportion(81, 263);
        Interval average =
                accuracies(proportion, proportion, proportion, proportion).averageInterval();
        Interval one = proportion.interval();
        double p = proportion.value();
        assertThat(p - average.low()).isCloseTo((p - one.low()) / 2, within(1e-15));
        assertThat(average.high() - p).isCloseTo((one.high() - p) / 2, within(1e-15));
    }

    @Test
    void tellsFiguresAsTextAndJson() throws IOException {
        Accuracies accuracies = accuracies(new Proportion(81, 263), new Proportion(15, 148));
        assertThat(accuracies.text())
                .isEqualTo(
                        """
                        set      n    correct  accuracy  95 % interval
                        set0     263  81       0.3080    0.2553 to 0.3662
                        set1     148  15       0.1014    0.0624 to 0.1605
                        average  -    -        0.2047    0.1719 to 0.2462
                        """);
        JsonNode json = new ObjectMapper().readTree(accuracies.json());
        assertThat(json.at("/sets/set1/n").asLong()).isEqualTo(148);
        assertThat(json.at("/sets/set1/correct").asLong()).isEqualTo(15);
        assertThat(json.at("/sets/set1/accuracy").asDouble()).isEqualTo(15.0 / 148);
        assertThat(json.at("/sets/set1/interval_95/1").asDouble()).isCloseTo(0.1605, within(5e-5));
        assertThat(json.at("/average/accuracy").asDouble()).isEqualTo(accuracies.average());
        assertThat(json.at("/average/interval_95/0").asDouble())
                .isEqualTo(accuracies.averageInterval().low());
        assertThat(accuracies.html(Map.of("evaluation.beams", "4")))
                .contains("<td class=\"n\">0.3080</td>")
                .contains("evaluation.<wbr>beams");
    }

    @Test
    void tellsTheAverageBeforeAndAfterInOneLine() {
        Accuracies before = accuracies(new Proportion(60, 180));
        assertThat(before.headline().beside(accuracies(new Proportion(170, 180)).headline()))
                .isEqualTo("accuracy 0.33 before, 0.94 after (set0, 180 questions)");
        Accuracies several = accuracies(new Proportion(1, 2), new Proportion(9, 9));
        assertThat(several.headline().beside(several.headline()))
                .isEqualTo("accuracy 0.75 before, 0.75 after (average of 2 sets, 11 questions)");
    }

    @Test
    void refusesWhatIsNoProportion() {
        assertThatThrownBy(() -> new Proportion(3, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("3 of 2 (must be from 0 to n, of 1 at least)");
        assertThatThrownBy(() -> new Proportion(0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Accuracies accuracies(Proportion... proportions) {
        return new Accuracies(IntStream.range(0, proportions.length)
                .mapToObj(i -> new OfSet("set" + i, proportions[i]))
                .toList());
    }
}
