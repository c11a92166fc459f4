package org.loradash.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.StatUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.loradash.Fixtures;
import org.loradash.config.Figure;

/** Figures are those of scikit-learn and SciPy, and their errors those that leaving each example out gives there. */
class EstimateTest {
    private static final double Z = 1.959963984540054;

    static Stream<Map.Entry<String, JsonNode>> cases() throws IOException {
        JsonNode expected = new ObjectMapper()
                .readTree(Fixtures.path("figures/expected.json").toFile());
        return expected.properties().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void figuresAreThoseOfScikitLearn(Map.Entry<String, JsonNode> of) {
        List<Prediction> predictions = predictions(of.getValue());
        of.getValue().path("figures").properties().forEach(entry -> {
            Figure figure = Figure.valueOf(entry.getKey().toUpperCase(Locale.ROOT));
            double expected = entry.getValue().path("value").asDouble();
            double error = entry.getValue().path("standard_error").asDouble();
            double[] pseudoValues = Estimate.pseudoValues(figure, predictions);
            assertThat(Estimate.value(figure, predictions)).as("%s", figure).isCloseTo(expected, within(1e-6));
            assertThat(Math.sqrt(StatUtils.variance(pseudoValues) / pseudoValues.length))
                    .as("standard error of %s", figure)
                    .isCloseTo(error, within(1e-6));
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void intervalsOfCorrelationsAreThoseOfSciPy(Map.Entry<String, JsonNode> of) {
        of.getValue().path("ends").properties().forEach(entry -> {
            Figure figure = Figure.valueOf(entry.getKey().toUpperCase(Locale.ROOT));
            Interval interval =
                    Estimate.of(figure, predictions(of.getValue())).interval().orElseThrow();
            assertThat(interval.low()).isCloseTo(entry.getValue().get(0).asDouble(), within(1e-6));
            assertThat(interval.high()).isCloseTo(entry.getValue().get(1).asDouble(), within(1e-6));
        });
    }

    @Test
    void theIntervalOfARankCorrelationIsWiderThanThatOfValues() {
        List<Prediction> ranks = values(new float[] {1, 2, 3, 4, 5, 6}, new float[] {1, 3, 2, 4, 6, 5});
        Estimate pearson = Estimate.of(Figure.PEARSON, ranks);
        Estimate spearman = Estimate.of(Figure.SPEARMAN, ranks);
        assertThat(spearman.value()).isCloseTo(pearson.value(), within(1e-12));
        double half = Z * Math.sqrt((1 + spearman.value() * spearman.value() / 2) / 3);
        double centre = Math.log((1 + spearman.value()) / (1 - spearman.value())) / 2;
        assertThat(spearman.interval().orElseThrow().low()).isCloseTo(Math.tanh(centre - half), within(1e-12));
        assertThat(spearman.interval().orElseThrow().low())
                .isLessThan(pearson.interval().orElseThrow().low());
    }

    @Test
    void theIntervalOfAnAccuracyIsWilsons() {
        List<Prediction> predictions = classes(new int[] {0, 1, 1, 0, 1}, new int[] {0, 1, 0, 0, 1});
        assertThat(Estimate.of(Figure.ACCURACY, predictions).interval()).contains(new Proportion(4, 5).interval());
    }

    @Test
    void otherIntervalsAreTheJackknifesAndEndWhereTheFigureDoes() {
        List<Prediction> predictions =
                classes(new int[] {0, 1, 1, 0, 1, 0, 0, 1, 1, 1}, new int[] {0, 1, 0, 0, 1, 0, 0, 1, 1, 1});
        Estimate f1 = Estimate.of(Figure.F1, predictions);
        double[] pseudoValues = Estimate.pseudoValues(Figure.F1, predictions);
        double half = Z * Math.sqrt(StatUtils.variance(pseudoValues) / 10);
        assertThat(f1.value()).isCloseTo(10.0 / 11, within(1e-12));
        assertThat(f1.interval().orElseThrow().low()).isCloseTo(f1.value() - half, within(1e-12));
        assertThat(f1.interval().orElseThrow().high()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"F1", "MACRO_F1", "MATTHEWS"})
    void whereOneClassIsAlwaysPredictedNoFigureIsMoreThanItKnows(Figure figure) {
        List<Prediction> predictions = classes(new int[] {0, 1, 0, 1}, new int[] {0, 0, 0, 0});
        double expected = figure == Figure.MACRO_F1 ? 2.0 / 6 : 0;
        assertThat(Estimate.value(figure, predictions)).isCloseTo(expected, within(1e-12));
    }

    @ParameterizedTest
    @EnumSource(names = {"PEARSON", "SPEARMAN"})
    void whatDoesNotVaryDoesNotCorrelate(Figure figure) {
        List<Prediction> predictions = values(new float[] {1, 2, 3, 4}, new float[] {2, 2, 2, 2});
        assertThat(Estimate.value(figure, predictions)).isZero();
        assertThat(Estimate.pseudoValues(figure, predictions)).containsOnly(0);
    }

    @Test
    void ofOneExampleThereIsAFigureButNoInterval() {
        assertThat(Estimate.of(Figure.MATTHEWS, classes(new int[] {1}, new int[] {1})))
                .isEqualTo(new Estimate(0, Optional.empty()));
        assertThat(Estimate.of(Figure.PEARSON, values(new float[] {1}, new float[] {1}))
                        .interval())
                .isEmpty();
    }

    /** Examples whose logits are 1 for what is predicted and 0 for all else. */
    static List<Prediction> classes(int[] labels, int[] predicted) {
        int classes = 1
                + IntStream.concat(Arrays.stream(labels), Arrays.stream(predicted))
                        .reduce(1, Math::max);
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            float[] outputs = new float[classes];
            outputs[predicted[i]] = 1;
            predictions.add(new Prediction(i, labels[i], outputs));
        }
        return predictions;
    }

    private static List<Prediction> values(float[] labels, float[] values) {
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            predictions.add(new Prediction(i, labels[i], new float[] {values[i]}));
        }
        return predictions;
    }

    private static List<Prediction> predictions(JsonNode of) {
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < of.path("labels").size(); i++) {
            JsonNode given = of.path("outputs").get(i);
            float[] outputs = new float[given.size()];
            for (int c = 0; c < outputs.length; c++) {
                outputs[c] = given.get(c).floatValue();
            }
            predictions.add(new Prediction(i, of.path("labels").get(i).floatValue(), outputs));
        }
        return predictions;
    }
}
