package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bytes of an adapter are a function of settings and data, not of cores or of what fails on the way: with shuffled
 * records, dropout, three workers, and a round that the boundary cuts short.
 */
class RunBitsTest {
    @TempDir
    private static Path temporary;

    private static TrainedRun oneCore;

    @BeforeAll
    static void trainOnOneCore() throws IOException {
        oneCore = train("one-core", "spark.master=local[1]");
    }

    @AfterAll
    static void forgetFailures() {
        FlakyFiles.failures();
    }

    @Test
    void cutTheRoundAtTheBoundary() throws IOException {
        assertThat(oneCore.events("boundary").get(0).get("step").asInt()).isEqualTo(3);
        assertThat(oneCore.events("step").stream()
                        .map(step -> step.get("round").asInt() + ":"
                                + step.get("step").asInt())
                        .distinct())
                .containsExactly("0:0", "0:1", "1:2", "2:3", "2:4", "3:5", "3:6");
    }

    @Test
    void areTheSameOnTwoCores() throws IOException {
        checkSameBits(train("two-cores", "spark.master=local[2]", "spark.task.cpus=1"));
    }

    @Test
    void areTheSameWithTwoCoresATask() throws IOException {
        checkSameBits(train("two-cores-a-task", "spark.master=local[2]", "spark.task.cpus=2"));
    }

    @Test
    void areTheSameWhenTasksFailAndAreTriedAgain() throws IOException {
        FlakyFiles.failures();
        TrainedRun flaky = train(
                "flaky",
                "spark.master=local[2,40]",
                FlakyFiles.SPARK_PROPERTY,
                "run.output=flaky://" + temporary.resolve("flaky"));
        assertThat(FlakyFiles.failures()).isGreaterThan(flaky.events("step").size());
        checkSameBits(flaky);
    }

    /** Without dropout, whose masks belong to slices. */
    @Test
    void differByRoundingAloneInOtherSlicesAndWithoutPacking() throws IOException {
        TrainedRun packed = train("packed", "adapter.dropout=0");
        checkSameNumbers(train("slices", "adapter.dropout=0", "training.slice-tokens=17"), packed);
        checkSameNumbers(train("not-packed", "adapter.dropout=0", "data.packing=false"), packed);
        checkSameNumbers(train("apart", "adapter.dropout=0", "data.share-prefixes=false"), packed);
    }

    @Test
    void dependOnTheSeed() throws IOException {
        assertThat(train("seed", "training.seed=8").steps()).isNotEqualTo(oneCore.steps());
    }

    private static void checkSameBits(TrainedRun run) throws IOException {
        assertThat(run.steps()).isEqualTo(oneCore.steps());
        assertThat(run.adapterBytes()).isEqualTo(oneCore.adapterBytes());
    }

    private static void checkSameNumbers(TrainedRun run, TrainedRun other) throws IOException {
        List<JsonNode> steps = run.events("step");
        List<JsonNode> others = other.events("step");
        assertThat(steps).hasSameSizeAs(others);
        for (int i = 0; i < steps.size(); i++) {
            assertThat(steps.get(i).get("tokens")).isEqualTo(others.get(i).get("tokens"));
            assertThat(steps.get(i).get("loss").asDouble())
                    .isCloseTo(others.get(i).get("loss").asDouble(), withinPercentage(1e-3));
        }
    }

    private static TrainedRun train(String name, String... settings) throws IOException {
        Golden golden = Golden.named("llama-tiny");
        String text = golden.configuration(
                        temporary.resolve(name).toString(), golden.inputs().toString())
                + """
                data.shuffle = true
                adapter.dropout = 0.1
                dash.pre-launch-steps = 3
                dash.cache = "%s"
                training { workers = 3, local-steps = 2, batch-size = 2, steps = 7 }
                """
                        .formatted(temporary.resolve("decompositions"));
        TrainCommandLine.Ended ended = TrainCommandLine.train(temporary.resolve(name + ".conf"), text, settings);
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
        return new TrainedRun(temporary.resolve(name));
    }
}
