package org.loradash.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.config.Figure;
import org.loradash.figure.Judged;
import org.loradash.figure.Prediction;
import org.loradash.tsd.InvalidInput;

class PredictedTest {
    /** Labels and predictions of class 1: three right, one taken for the other each way. */
    private static final List<Judged> DEV = judged("dev", new int[] {1, 1, 0, 0, 1}, new int[] {1, 0, 0, 1, 1});

    private static final List<Judged> MORE = judged("more", new int[] {1, 0}, new int[] {1, 0});
    private final Predicted predicted = new Predicted(sets(DEV, MORE));

    @TempDir
    private Path directory;

    @Test
    void tellsEachFigureOfEachSetAndWhichClassesAreTakenForWhich() {
        assertThat(predicted.text().lines().map(line -> line.replaceAll(" {2,}", " | ")))
                .contains(
                        "set | n | figure | value | 95 % interval",
                        "dev | 5 | accuracy | 0.6000 | 0.2307 to 0.8824",
                        "more | 2 | matthews | 1.0000 | 1.0000 to 1.0000",
                        "label \\ predicted | no | yes",
                        "no | 1 | 1",
                        "yes | 1 | 2");
    }

    @Test
    void tellsTheFirstFigureBeforeAndAfterInOneLine() {
        Predicted one = new Predicted(Map.of("dev", DEV));
        assertThat(one.headline().beside(one.headline()))
                .isEqualTo("accuracy 0.60 before, 0.60 after (dev, 5 records)");
        assertThat(predicted.headline().beside(predicted.headline()))
                .isEqualTo("accuracy 0.80 before, 0.80 after (average of 2 sets, 7 records)");
    }

    @Test
    void givesAllFiguresAsJson() throws IOException {
        JsonNode json = new ObjectMapper().readTree(predicted.json());
        assertThat(json.at("/sets/dev/n").asInt()).isEqualTo(5);
        assertThat(json.at("/sets/dev/f1/value").asDouble()).isCloseTo(2.0 / 3, within(1e-12));
        assertThat(json.at("/sets/dev/accuracy/interval_95")).hasSize(2);
    }

    @Test
    void scoresAMeanByItsItemsAndAnyOtherFigureByWhatTheyAddToIt() {
        Scores accuracy = Scores.of(predicted, Figure.ACCURACY);
        assertThat(accuracy.bySet().get("dev").items()).containsExactly(new double[] {1, 0, 1, 0, 1}, within(1e-12));
        assertThat(accuracy.average()).isCloseTo((0.6 + 1) / 2, within(1e-12));
        Scores f1 = Scores.of(predicted, Figure.F1);
        assertThat(f1.value("dev")).isCloseTo(2.0 / 3, within(1e-12));
        // Without the first record 1 true, 1 false positive and 1 false negative are left: 5 x 2/3 - 4 x 1/2.
        assertThat(f1.bySet().get("dev").items()[0]).isCloseTo(4.0 / 3, within(1e-12));
    }

    @Test
    void refusesAFileThatIsNotAsItWasWritten() throws IOException {
        EvaluationDirectory files = EvaluationDirectory.at(new Configuration(), directory.toString());
        List<String> lines = DEV.stream().map(judged -> judged.line().strip()).toList();
        Files.write(directory.resolve("dev.jsonl"), lines);
        assertThat(Predicted.read(files, List.of("dev")).text()).isEqualTo(new Predicted(sets(DEV)).text());
        for (List<String> wrong :
                List.of(List.<String>of(), lines.subList(1, 5), List.of(lines.get(0), lines.get(0)), List.of("{}"))) {
            Files.write(directory.resolve("dev.jsonl"), wrong);
            assertThatThrownBy(() -> Predicted.read(files, List.of("dev")))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("is no prediction of record")
                    .hasMessageContaining("must be as the evaluation wrote it");
        }
    }

    @SafeVarargs
    private static Map<String, List<Judged>> sets(List<Judged>... all) {
        Map<String, List<Judged>> sets = new LinkedHashMap<>();
        Arrays.stream(all).forEach(set -> sets.put(set.get(0).set(), set));
        return sets;
    }

    private static List<Judged> judged(String set, int[] labels, int[] predicted) {
        List<Judged> all = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            float[] logits = {1 - predicted[i], predicted[i]};
            all.add(new Judged(
                    set,
                    set + ".tsv",
                    i,
                    Optional.empty(),
                    new Prediction(i, labels[i], logits),
                    List.of("no", "yes")));
        }
        return all;
    }
}
