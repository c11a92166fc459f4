package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spark's metrics system sees how far a run is and what it came to. */
class GaugesTest {
    @TempDir
    private Path temporary;

    @Test
    void haveTheLastRoundAtTheEnd() throws IOException {
        Golden golden = Golden.named("llama-tiny");
        Path sink = Files.createDirectory(temporary.resolve("sink"));
        TrainCommandLine.Ended ended = TrainCommandLine.train(
                temporary.resolve("run.conf"),
                golden.configuration(
                                temporary.resolve("run").toString(),
                                golden.inputs().toString()) + "training.steps = 4\ndash.pre-launch-steps = 2\n",
                "spark.metrics.conf.driver.sink.csv.class=org.apache.spark.metrics.sink.CsvSink",
                "spark.metrics.conf.driver.sink.csv.directory=" + sink);
        assertThat(ended.errors()).isEmpty();
        List<JsonNode> rounds = new TrainedRun(temporary.resolve("run")).events("round");
        JsonNode last = rounds.get(rounds.size() - 1);
        assertThat(value(sink, "loss")).isEqualTo(last.get("loss").asDouble());
        assertThat(value(sink, "round")).isEqualTo(last.get("round").asDouble());
        assertThat(value(sink, "tokens-per-second")).isPositive();
        assertThat(value(sink, "step")).isEqualTo(4);
        assertThat(value(sink, "sprint")).isEqualTo(1);
    }

    /** What the sink wrote last, as the application ended. */
    private static double value(Path sink, String gauge) throws IOException {
        try (Stream<Path> files = Files.list(sink)) {
            Path file = files.filter(path -> path.toString().endsWith(".driver.lora-dash." + gauge + ".csv"))
                    .findFirst()
                    .orElseThrow();
            List<String> lines = Files.readAllLines(file);
            return Double.parseDouble(lines.get(lines.size() - 1).split(",")[1]);
        }
    }
}
