package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.spark.training.TrainingJob;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.TensorFile;

/** Classes of texts: figures of held-out records while a run trains, and by evaluate, which says the same of the same model. */
class TextFiguresTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FIXTURE = "bert";
    private static final int HELD_OUT = 20;

    @TempDir
    private static Path temporary;

    private static TrainedRun run;

    @BeforeAll
    static void train() throws IOException {
        List<String> records = Files.readAllLines(Golden.named(FIXTURE).inputs().resolve("data.jsonl"));
        Files.write(temporary.resolve("train.jsonl"), records.subList(0, 52));
        Files.write(temporary.resolve("dev.jsonl"), records.subList(52, 52 + HELD_OUT));
        Files.write(temporary.resolve("more.jsonl"), records.subList(0, 7));
        run = train("run", "validation.figure=accuracy", "validation.patience=2");
    }

    @Test
    void theRunEndsWhereTheFigureIsNoHigher() throws IOException {
        List<JsonNode> measured = run.events("evaluation");
        double highest = measured.stream()
                .mapToDouble(event -> event.at("/figures/accuracy").asDouble())
                .max()
                .orElseThrow();
        JsonNode best = best();
        assertThat(best.at("/figures/accuracy").asDouble()).isEqualTo(highest);
        assertThat(measured.get(measured.size() - 1).get("without_improvement").asInt())
                .isEqualTo(2);
        measured.forEach(event -> assertThat(event.get("figures").properties())
                .extracting(Map.Entry::getKey)
                .containsExactly("accuracy", "f1", "matthews"));
    }

    @Test
    void keepsThePredictionsThatTheFiguresAreOf() throws IOException {
        List<JsonNode> lines = lines(run.directory().resolve("predictions.jsonl"));
        assertThat(lines).hasSize(HELD_OUT);
        long correct =
                lines.stream().filter(line -> line.get("correct").asBoolean()).count();
        assertThat((double) correct / HELD_OUT)
                .isEqualTo(best().at("/figures/accuracy").asDouble());
        double loss = 0;
        for (int i = 0; i < HELD_OUT; i++) {
            JsonNode line = lines.get(i);
            assertThat(line.get("index").asInt()).isEqualTo(i);
            assertThat(line.has("text")).as("a text of tokens").isFalse();
            assertThat(line.get("file").asText())
                    .isEqualTo(temporary.resolve("dev.jsonl").toString());
            loss -= Math.log(
                    line.at("/probabilities/" + line.get("label").asText()).asDouble());
        }
        assertThat(loss / HELD_OUT).isCloseTo(best().get("loss").asDouble(), within(1e-6));
        assertThat(Files.readString(run.directory().resolve("report.html")))
                .contains(
                        "The highest accuracy of the 20 held-out records",
                        "Predictions of held-out records",
                        "<title>matthews: ",
                        "label \\ predicted",
                        "misjudged records, the most confident mistakes first");
    }

    @Test
    void figuresAreTheSameOnOneCore() throws IOException {
        TrainedRun one =
                train("one-core", "validation.figure=accuracy", "validation.patience=2", "spark.master=local[1]");
        assertThat(one.facts()).isEqualTo(run.facts());
        assertThat(one.directory().resolve("predictions.jsonl"))
                .hasSameBinaryContentAs(run.directory().resolve("predictions.jsonl"));
    }

    @Test
    void evaluatingTheRunSaysWhatItMeasuredItself() throws IOException {
        checkDone(evaluate(run));
        Path evaluation = run.directory().resolve("evaluation");
        assertThat(content(evaluation).keySet())
                .containsExactly(
                        "dev.jsonl", "evaluation.json", "figures.json", "more.jsonl", "table.html", "table.txt");
        JsonNode figures = JSON.readTree(evaluation.resolve("figures.json").toFile());
        best().get("figures").properties().forEach(figure -> assertThat(
                        figures.at("/sets/dev/" + figure.getKey() + "/value").asDouble())
                .as(figure.getKey())
                .isEqualTo(figure.getValue().asDouble()));
        assertThat(figures.at("/sets/dev/loss/value").asDouble())
                .isCloseTo(best().get("loss").asDouble(), within(1e-5));
        assertThat(figures.at("/sets/more/n").asInt()).isEqualTo(7);
        assertThat(figures.at("/sets/dev/matthews/interval_95")).hasSize(2);
        List<JsonNode> told = lines(run.directory().resolve("predictions.jsonl"));
        List<JsonNode> lines = lines(evaluation.resolve("dev.jsonl"));
        for (int i = 0; i < HELD_OUT; i++) {
            assertThat(lines.get(i).get("set").asText()).isEqualTo("dev");
            assertThat(lines.get(i).get("predicted")).isEqualTo(told.get(i).get("predicted"));
            assertThat(lines.get(i).at("/logits/1").asDouble())
                    .isCloseTo(told.get(i).at("/logits/1").asDouble(), within(1e-5));
        }
        assertThat(Files.readAllLines(evaluation.resolve("table.txt")).get(1)).matches("dev +20 +accuracy +0\\..*");
        assertThat(Files.readString(evaluation.resolve("table.html")))
                .contains("Predictions: dev", "misjudged records", "task.<wbr>kind", "classification");

        Path stopped = temporary.resolve("stopped");
        String[] counted = {
            "--output", "counted://" + stopped, "--set", CountedFiles.SPARK_PROPERTY, "--set", "spark.master=local[1]"
        };
        CountedFiles.refuse("dev/000000008");
        assertThat(evaluate(run, counted).errors()).singleElement().asString().contains("dev/000000008");
        CountedFiles.refuse();
        CountedFiles.written();
        checkDone(evaluate(run, counted));
        assertThat(CountedFiles.written()).contains("dev/000000008").doesNotContain("dev/000000000");
        assertThat(content(stopped)).isEqualTo(content(evaluation));
        checkDone(evaluate(run));
    }

    @Test
    void anEncoderWithoutAHeadIsNotAskedBeforeItIsTrained() throws IOException {
        Path configuration = Files.writeString(temporary.resolve("bare.conf"), text("bare"));
        StringWriter out = new StringWriter();
        String[] arguments = {
            "train",
            "--evaluate",
            "--set=training.steps=4",
            "--set=model.path=" + modelWithoutHead(),
            configuration.toString()
        };
        assertThat(LoraDash.run(arguments, new PrintWriter(out), new PrintWriter(System.err), TrainingJob::run))
                .isZero();
        assertThat(out.toString()).contains("-- what was trained (the model as it is classifies nothing)");
        assertThat(temporary.resolve("bare/evaluation/figures.json")).exists();
        assertThat(temporary.resolve("bare/evaluation/base")).doesNotExist();
    }

    private static Path modelWithoutHead() throws IOException {
        Path given = Golden.named(FIXTURE).inputs().resolve("model");
        Path bare = Files.createDirectories(temporary.resolve("bare-model"));
        FileSystem files = FileSystem.getLocal(new Configuration());
        try (TensorFile file = TensorFile.open(files, new org.apache.hadoop.fs.Path(given + "/model.safetensors"));
                OutputStream out = Files.newOutputStream(bare.resolve("model.safetensors"))) {
            List<NamedTensor> kept = file.tensors().values().stream()
                    .filter(tensor -> !tensor.name().startsWith("classifier"))
                    .map(tensor -> NamedTensor.of(tensor.name(), file.readFloats(tensor.name()), tensor.shape()))
                    .toList();
            SafetensorsWriter.write(out, Map.of(), kept);
        }
        Files.copy(given.resolve("config.json"), bare.resolve("config.json"));
        return bare;
    }

    @Test
    void anAdapterBringsItsHeadAndAModelWithoutOneIsRefused() throws IOException {
        Path output = temporary.resolve("of-adapter");
        checkDone(evaluate(run, "--adapter", run.directory() + "/adapter", "--output", output.toString()));
        checkDone(evaluate(run, "--name", "same"));
        assertThat(output.resolve("figures.json"))
                .hasSameBinaryContentAs(run.directory().resolve("evaluation/same/figures.json"));
        assertThat(evaluate(
                                run,
                                "--adapter",
                                run.directory() + "/adapter",
                                "--output",
                                temporary.resolve("three").toString(),
                                "--set",
                                "task.labels=3")
                        .errors())
                .singleElement()
                .asString()
                .contains("classifier.weight", "[2, 32]", "[3, 32]");
    }

    @Test
    void numbersHaveCorrelations() throws IOException {
        Golden golden = Golden.named("roberta-regression");
        Path directory = temporary.resolve("numbers");
        Path records = golden.inputs().resolve("data.jsonl");
        checkDone(TrainCommandLine.train(
                temporary.resolve("numbers.conf"),
                golden.configuration(directory.toString()),
                "training.steps=4",
                "validation.hold-out=9",
                "validation.every-rounds=1",
                "validation.figure=spearman",
                "evaluation.data=" + records,
                "evaluation.records=12"));
        TrainedRun numbers = new TrainedRun(directory);
        numbers.events("evaluation")
                .forEach(event -> assertThat(event.get("figures").properties())
                        .extracting(Map.Entry::getKey)
                        .containsExactly("pearson", "spearman"));
        assertThat(lines(directory.resolve("predictions.jsonl")))
                .hasSize(9)
                .allMatch(line -> line.get("predicted").isNumber() && !line.has("probabilities"));
        assertThat(Files.readString(directory.resolve("report.html")))
                .contains("those first whose value is the farthest from their label");
        checkDone(evaluate(numbers, "--set", "evaluation.data=" + records, "--set", "evaluation.records=12"));
        JsonNode figures =
                JSON.readTree(directory.resolve("evaluation/figures.json").toFile());
        assertThat(figures.at("/sets/data/n").asInt()).isEqualTo(12);
        assertThat(figures.at("/sets/data").properties())
                .extracting(Map.Entry::getKey)
                .containsExactly("n", "pearson", "spearman", "loss");
    }

    @Test
    void refusesAFigureThatTheTaskHasNot() throws IOException {
        assertThat(TrainCommandLine.train(
                                temporary.resolve("refused.conf"), text("refused"), "validation.figure=pearson")
                        .errors())
                .containsExactly(
                        "lora-dash: validation.figure: pearson (must be loss or accuracy or f1 or matthews, for"
                                + " task.kind = classification)");
    }

    private static JsonNode best() throws IOException {
        return run.events("evaluation").stream()
                .filter(event -> event.get("best").asBoolean())
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private static TrainedRun train(String name, String... settings) throws IOException {
        checkDone(TrainCommandLine.train(temporary.resolve(name + ".conf"), text(name), settings));
        return new TrainedRun(temporary.resolve(name));
    }

    private static TrainCommandLine.Ended evaluate(TrainedRun of, String... more) {
        String configuration = of.directory() + ".conf";
        return TrainCommandLine.run(Stream.concat(Stream.of("evaluate", configuration), Arrays.stream(more))
                .toList());
    }

    private static void checkDone(TrainCommandLine.Ended ended) {
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static Map<String, String> content(Path directory) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                content.put(directory.relativize(file).toString(), Files.readString(file));
            }
        }
        return content;
    }

    private static String text(String output) {
        return Golden.named(FIXTURE).configuration(temporary.resolve(output).toString())
                + """
                data.train = "%1$s/train.jsonl"
                dash.on = false
                adapter.method = lora
                training { steps = 20, learning-rate = 0.01 }
                validation { data = "%1$s/dev.jsonl", every-rounds = 1 }
                evaluation { data = ["%1$s/dev.jsonl", "%1$s/more.jsonl"], part-size = 4, batch-size = 3 }
                """
                        .formatted(temporary);
    }
}
