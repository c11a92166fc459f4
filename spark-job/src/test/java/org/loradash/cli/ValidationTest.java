package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.FaultyFiles;
import org.loradash.tsd.io.TensorFile;

/**
 * A run measures its loss on held-out records, ends when that has not fallen for a while, and leaves the adapter of the
 * lowest: the same bytes on any number of cores, and whatever interrupts it.
 */
class ValidationTest {
    private static final String FIXTURE = "llama-tiny";
    private static final int PATIENCE = 3;
    private static final int BOUNDARY = 5;
    private static final String BEST_IN_PRE_LAUNCH = "dash.coordinate-learning-rate=1";

    @TempDir
    private static Path temporary;

    private static List<String> records;
    private static TrainedRun whole;

    @BeforeAll
    static void trainUntilTheLossDoesNotFall() throws IOException {
        records = Files.readAllLines(Golden.named(FIXTURE).inputs().resolve("data.jsonl"));
        Files.write(temporary.resolve("train.jsonl"), records.subList(0, 16));
        Files.write(temporary.resolve("held-out.jsonl"), records.subList(16, 28));
        whole = train("whole");
    }

    /** The oracle's losses of a round's first steps are those of their records at the state before the round. */
    @Test
    void measuresWhatAnIndependentImplementationDoes() throws IOException {
        Golden golden = Golden.named(FIXTURE);
        int round = 4;
        int batch = golden.settings().get("batch").asInt();
        List<String> first = new ArrayList<>();
        for (int worker = 0; worker < 2; worker++) {
            int from = (round * 2 + worker) * golden.localSteps() * batch;
            first.addAll(records.subList(from, from + batch));
        }
        Path file = Files.write(temporary.resolve("first.jsonl"), first);
        TrainedRun run = new TrainedRun(temporary.resolve("golden"));
        checkDone(TrainCommandLine.train(
                temporary.resolve("golden.conf"),
                golden.configuration(run.directory().toString()),
                "validation.data=" + file,
                "validation.every-rounds=" + round));
        double sum = 0;
        double oracle = 0;
        long labelled = 0;
        for (JsonNode step : run.events("step")) {
            int number = step.get("step").asInt();
            double expected = golden.expected()
                    .get("losses")
                    .get(number / golden.localSteps())
                    .get(step.get("worker").asInt())
                    .get(number % golden.localSteps())
                    .asDouble();
            assertThat(step.get("loss").asDouble())
                    .as("steps are as without validation")
                    .isCloseTo(expected, withinPercentage(1e-3));
            if (number == round * golden.localSteps()) {
                int tokens = step.get("labelled_tokens").asInt();
                sum += step.get("loss").asDouble() * tokens;
                oracle += expected * tokens;
                labelled += tokens;
            }
        }
        JsonNode measured = run.events("evaluation").get(0);
        assertThat(measured.get("step").asInt()).isEqualTo(round * golden.localSteps());
        assertThat(measured.get("labelled_tokens").asLong()).isEqualTo(labelled);
        assertThat(measured.get("records").asInt()).isEqualTo(2 * batch);
        assertThat(measured.get("loss").asDouble())
                .isCloseTo(oracle / labelled, withinPercentage(1e-3))
                .isCloseTo(sum / labelled, withinPercentage(1e-12));
        assertThat(run.events("evaluation"))
                .as("and one at the end")
                .hasSize(2)
                .last()
                .satisfies(last -> assertThat(last.get("step").asInt()).isEqualTo(golden.steps()));
    }

    @Test
    void endsWhenTheLossHasNotFallenForAsLongAsThereIsPatience() throws IOException {
        List<JsonNode> measured = whole.events("evaluation");
        JsonNode last = measured.get(measured.size() - 1);
        assertThat(last.get("without_improvement").asInt()).isEqualTo(PATIENCE);
        assertThat(last.get("step").asInt()).as("before its last step").isLessThan(60);
        assertThat(whole.events("round")).hasSize(last.get("round").asInt() + 1);
        assertThat(whole.events("boundary").get(0).get("step").asInt()).isEqualTo(BOUNDARY);
        JsonNode best = best(whole);
        assertThat(best.get("step").asInt()).as("in the sprint").isGreaterThan(BOUNDARY);
        assertThat(measured.stream().mapToDouble(event -> event.get("loss").asDouble()))
                .as("none lower")
                .allMatch(loss -> loss >= best.get("loss").asDouble());
        assertThat(Files.readString(whole.directory().resolve("report.html")))
                .contains(
                        "measured after step " + best.get("step").asInt(),
                        "ended after step " + last.get("step").asInt() + ", after 3 measurements without a lower one",
                        "the result is that of step " + best.get("step").asInt(),
                        "held-out records: ");
    }

    @Test
    void leavesTheAdapterOfTheLowestLoss() throws IOException {
        TrainedRun ended = trainWithout(
                "ended", "training.steps=" + best(whole).get("step").asInt());
        assertThat(ended.adapterBytes()).isEqualTo(whole.adapterBytes());
    }

    @Test
    void isTheSameOnOneCore() throws IOException {
        train("one-core", "spark.master=local[1]").checkLike(whole);
    }

    /** Each checkpoint by itself has all that the run goes on from, the best state so far among it. */
    @ParameterizedTest
    @ValueSource(ints = {2, 10})
    void goesOnFromAnyCheckpointAlone(int kept) throws IOException {
        TrainedRun stopped = whole.stoppedCopy(temporary.resolve("stopped-" + kept), kept);
        for (Path earlier : stopped.checkpoints().subList(0, kept - 1)) {
            Files.delete(earlier);
        }
        checkDone(TrainCommandLine.train(
                temporary.resolve(stopped.directory().getFileName() + ".conf"),
                text(stopped.directory().toString())));
        assertThat(stopped.facts()).isEqualTo(whole.facts());
        assertThat(stopped.adapterBytes()).isEqualTo(whole.adapterBytes());
        assertThat(last(stopped)).hasSameBinaryContentAs(last(whole));
    }

    @Test
    void killedBeforeItsResultItTrainsNoFurther() throws Exception {
        TrainedRun run = new TrainedRun(temporary.resolve("killed"));
        Path configuration = Files.writeString(temporary.resolve("killed.conf"), text("faulty://" + run.directory()));
        Path reached = temporary.resolve("reached");
        Path log = temporary.resolve("killed.log");
        Process driver =
                TrainProcess.start(configuration, log, FaultyFiles.hangAt("write:adapter_model.safetensors", reached));
        try {
            await().atMost(Duration.ofMinutes(5)).until(() -> !driver.isAlive() || Files.exists(reached));
        } finally {
            driver.destroyForcibly().onExit().join();
        }
        assertThat(driver.exitValue()).as(Files.readString(log)).isEqualTo(128 + 9);
        checkDone(TrainCommandLine.train(configuration.toString()));
        run.checkLike(whole);
    }

    /** The directions were chosen all the same, and what is left has no coordinates of them. */
    @Test
    void leavesAPlainAdapterWhereTheBestStateIsOfPreLaunch() throws IOException {
        TrainedRun run = train("pre-launch", BEST_IN_PRE_LAUNCH, "validation.patience=2");
        int best = best(run).get("step").asInt();
        assertThat(best).isLessThanOrEqualTo(BOUNDARY);
        assertThat(run.events("boundary")).as("pre-launch does not end early").hasSize(1);
        assertThat(run.events("evaluation").stream()
                        .filter(event -> event.get("step").asInt() > BOUNDARY))
                .as("patience begins with the sprint")
                .hasSize(2);
        TrainedRun ended = trainWithout("pre-launch-ended", BEST_IN_PRE_LAUNCH, "training.steps=" + best);
        assertThat(run.adapterBytes()).isEqualTo(ended.adapterBytes());
        try (TensorFile adapter = run.adapter()) {
            assertThat(adapter.tensor("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight")
                            .shape())
                    .containsExactly(8, 64);
        }
        assertThat(run.directory().resolve("tsd/boundary.safetensors")).exists();
    }

    @Test
    void holdsRecordsOutOfThoseThatItTrainsOn() throws IOException {
        TrainedRun run =
                trainWithout("held-out", "validation.hold-out=4", "validation.every-rounds=2", "training.steps=3");
        assertThat(run.events("step"))
                .as("12 records, once, by 2 workers of 2 a step")
                .hasSize(6);
        List<JsonNode> measured = run.events("evaluation");
        assertThat(measured).hasSize(1);
        assertThat(measured.get(0).get("records").asInt()).isEqualTo(4);
        long trained = run.events("step").stream()
                .mapToLong(step -> step.get("labelled_tokens").asLong())
                .sum();
        long all = 0;
        for (String record : records.subList(0, 16)) {
            String labels = record.replaceAll(".*\"labels\": \\[[^,]*, ([^]]*)].*", "$1");
            all += Stream.of(labels.split(", "))
                    .filter(label -> !label.equals("-100"))
                    .count();
        }
        assertThat(trained + measured.get(0).get("labelled_tokens").asLong())
                .as("each record is trained on or measured on")
                .isEqualTo(all);
    }

    private static JsonNode best(TrainedRun run) throws IOException {
        return run.events("evaluation").stream()
                .filter(event -> event.get("best").asBoolean())
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private static Path last(TrainedRun run) throws IOException {
        List<Path> all = run.checkpoints();
        return all.get(all.size() - 1);
    }

    private static TrainedRun train(String name, String... settings) throws IOException {
        TrainedRun run = new TrainedRun(temporary.resolve(name));
        checkDone(TrainCommandLine.train(
                temporary.resolve(name + ".conf"), text(run.directory().toString()), settings));
        return run;
    }

    private static TrainedRun trainWithout(String name, String... settings) throws IOException {
        TrainedRun run = new TrainedRun(temporary.resolve(name));
        checkDone(TrainCommandLine.train(
                temporary.resolve(name + ".conf"), training(run.directory().toString()), settings));
        return run;
    }

    private static void checkDone(TrainCommandLine.Ended ended) {
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
    }

    private static String text(String output) {
        return training(output)
                + "validation { data = \"%s/held-out.jsonl\", every-rounds = 1, patience = %d }\n"
                        .formatted(temporary, PATIENCE);
    }

    /** Few records, so that the run soon knows them by heart; a round is cut short at the boundary. */
    private static String training(String output) {
        return Golden.named(FIXTURE).configuration(output)
                + """
                run.claim-seconds = 1
                data { train = "%1$s/train.jsonl", shuffle = true }
                adapter.dropout = 0.1
                dash { pre-launch-steps = %2$d, cache = "%1$s/decompositions" }
                checkpoint.keep = 100
                training {
                  workers = 2, local-steps = 2, batch-size = 2, steps = 60, learning-rate = 0.01, warmup-steps = 0
                  schedule = constant
                }
                spark.hadoop.fs.faulty.impl = "%3$s"
                """
                        .formatted(temporary, BOUNDARY, FaultyFiles.class.getName());
    }
}
