package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;
import org.loradash.config.Settings;
import org.loradash.spark.training.TrainingJob;

/** A sweep whose runs are evaluated: two methods, two seeds each, ten questions of ARC-Easy. */
class SweepComparisonTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void evaluatesTheModelAsItIsAndEachRunAndComparesThem() throws IOException {
        Path configuration = write();
        assertThat(sweep(configuration, TrainingJob::run)).as(err.toString()).isZero();
        Path output = directory.resolve("sweep");
        List<String> table = Files.readAllLines(output.resolve("comparison.txt"));
        assertThat(table.get(0)).isEqualTo("Accuracy, per cent");
        assertThat(table.get(1)).matches("method +trained +runs +ARC-Easy +average +minus lora +95 % over seeds +.*");
        assertThat(table.get(2)).matches("base +- +- +\\d+\\.0 +\\d+\\.0 +[+-]\\d+\\.\\d .*");
        assertThat(table.get(3)).matches("lora +25,600 +2 +\\d+\\.0 ± \\d+\\.\\d +\\d+\\.0 ± \\d+\\.\\d +- +- +-");
        // Two directions of each of twenty targets.
        assertThat(table.get(4)).matches("lora-dash +25,640 +2 +\\d+\\.0 ± .*[+-]\\d+\\.\\d to [+-]\\d+\\.\\d");
        assertThat(table.get(6)).isEqualTo("Loss of the right answer among the options, nats");
        assertThat(table).hasSize(11);
        assertThat(out.toString().lines()).containsAll(table);

        JsonNode figures =
                new ObjectMapper().readTree(output.resolve("comparison.json").toFile());
        for (String seed : List.of("1", "2")) {
            JsonNode accuracy = new ObjectMapper()
                    .readTree(output.resolve("lora-dash-seed-" + seed + "/evaluation/accuracy.json")
                            .toFile());
            assertThat(figures.at("/accuracy/methods/lora-dash/average_by_seed/" + seed))
                    .isEqualTo(accuracy.at("/average/accuracy"));
        }
        assertThat(Files.readString(output.resolve("comparison.html"))).contains("Difference from lora", "<svg");

        byte[] comparison = Files.readAllBytes(output.resolve("comparison.json"));
        List<String> begun = new ArrayList<>();
        assertThat(sweep(configuration, settings -> {
                    begun.add(settings.run().output());
                    TrainingJob.run(settings);
                }))
                .isZero();
        assertThat(begun).hasSize(4);
        assertThat(Files.readAllBytes(output.resolve("comparison.json"))).isEqualTo(comparison);
    }

    @Test
    void comparesFiguresOfPredictions() throws IOException {
        Golden golden = Golden.named("bert");
        Path configuration = Files.writeString(
                directory.resolve("texts.conf"),
                golden.configuration(directory.resolve("sweep").toString())
                        + """
                        dash.on = false
                        adapter.method = lora
                        training { workers = 1, local-steps = 1, steps = 3 }
                        evaluation.data = "%s"
                        sweep {
                          seeds = [1, 2]
                          runs = [
                            { name = lora }
                            { name = fast, training.learning-rate = 0.02 }
                          ]
                        }
                        """
                                .formatted(golden.inputs().resolve("data.jsonl")));
        assertThat(sweep(configuration, TrainingJob::run)).as(err.toString()).isZero();
        List<String> table = Files.readAllLines(directory.resolve("sweep/comparison.txt"));
        assertThat(table)
                .contains("Accuracy, per cent", "F1, per cent", "Matthews' correlation, per cent", "Loss")
                .noneMatch(line -> line.startsWith("base "));
        assertThat(table.get(1))
                .matches("method +trained +runs +data +average +minus lora +95 % over seeds +95 % over records");
        assertThat(table.get(3)).matches("fast +[0-9,]+ +2 .*[+-]\\d+\\.\\d to [+-]\\d+\\.\\d");
        JsonNode figures = new ObjectMapper()
                .readTree(directory.resolve("sweep/comparison.json").toFile());
        JsonNode run = new ObjectMapper()
                .readTree(directory
                        .resolve("sweep/fast-seed-2/evaluation/figures.json")
                        .toFile());
        for (String figure : List.of("accuracy", "f1", "matthews", "loss")) {
            assertThat(figures.at("/" + figure + "/methods/fast/average_by_seed/2"))
                    .as(figure)
                    .isEqualTo(run.at("/sets/data/" + figure + "/value"));
            assertThat(figures.at("/" + figure + "/methods/fast/difference/interval_95_over_records"))
                    .hasSize(2);
        }
    }

    private Path write() throws IOException {
        Files.createDirectory(directory.resolve("ARC-Easy"));
        Files.write(
                directory.resolve("ARC-Easy/test.json"),
                Files.readAllLines(Fixtures.path("arc-easy/held-out.jsonl")).subList(0, 10));
        return Files.writeString(
                directory.resolve("a.conf"),
                """
                run.output = "%1$s/sweep"
                model.path = "%2$s"
                data { train = "%3$s", cutoff = 96 }
                adapter { rank = 4, alpha = 8 }
                dash { directions = 2, pre-launch-steps = 1 }
                training { local-steps = 1, batch-size = 4, steps = 2, learning-rate = 3e-2 }
                evaluation { data = "%1$s/ARC-Easy/test.json", by = likelihood }
                sweep {
                  seeds = [1, 2]
                  runs = [{ name = lora, adapter.method = lora }, { name = lora-dash }]
                }
                """
                                .formatted(
                                        directory,
                                        Fixtures.path("tiny-llama/model"),
                                        Fixtures.path("arc-easy/train.json"))
                        + TrainCommandLine.SPARK);
    }

    private int sweep(Path configuration, Consumer<Settings> training) {
        return LoraDash.run(
                new String[] {"sweep", configuration.toString()},
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                training);
    }
}
