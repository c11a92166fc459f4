package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;
import org.loradash.adapter.PeftAdapter;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.data.InstructionRecord;
import org.loradash.data.Prompt;
import org.loradash.data.Sequence;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.evaluate.TestSet;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.model.Changes;
import org.loradash.model.Merge;
import org.loradash.model.ModelDirectory;
import org.loradash.model.decoder.Decoder;
import org.loradash.task.language.TokenBatch;
import org.loradash.tsd.io.Sha256;

/** The command evaluate, from questions to figures: ten of ARC-Easy and five true or false, in parts of four. */
class EvaluateTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Configuration HADOOP = new Configuration();
    private static final Arena ARENA = new Arena();
    private static final String MODEL = Fixtures.path("tiny-llama/model").toString();
    private static final List<String> FILES =
            List.of("ARC-Easy.jsonl", "accuracy.json", "boolq.jsonl", "evaluation.json", "table.html", "table.txt");

    @TempDir
    private static Path temporary;

    private static Path configuration;
    private static Path run;
    private static List<JsonNode> arc;

    @BeforeAll
    static void trainAndWrite() throws IOException {
        List<String> lines =
                Files.readAllLines(Fixtures.path("arc-easy/held-out.jsonl")).subList(0, 10);
        arc = new ArrayList<>();
        for (String line : lines) {
            arc.add(JSON.readTree(line));
        }
        Files.createDirectory(temporary.resolve("ARC-Easy"));
        Files.write(temporary.resolve("ARC-Easy/test.json"), lines);
        Files.createDirectory(temporary.resolve("boolq"));
        StringBuilder boolq = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            boolq.append(JSON.createObjectNode()
                            .put("instruction", "is %d an even number?\n\nAnswer format: true/false".formatted(i))
                            .put("input", "")
                            .put("answer", String.valueOf(i % 2 == 0)))
                    .append('\n');
        }
        Files.writeString(temporary.resolve("boolq/test.json"), boolq);
        run = temporary.resolve("run");
        configuration = Files.writeString(
                temporary.resolve("a.conf"),
                """
                run.output = "%1$s/run"
                model.path = "%2$s"
                data { train = "%3$s", cutoff = 96 }
                adapter { rank = 4, alpha = 8 }
                dash { directions = 2, pre-launch-steps = 1 }
                training { local-steps = 1, batch-size = 4, steps = 2, learning-rate = 3e-2 }
                evaluation {
                  data = ["%1$s/ARC-Easy/test.json", "%1$s/boolq/test.json"]
                  batch-size = 2, part-size = 4, max-tokens = 6, beams = 2
                }
                """
                                .formatted(temporary, MODEL, Fixtures.path("arc-easy/train.json"))
                        + TrainCommandLine.SPARK);
        assertThat(evaluate().errors())
                .containsExactly("lora-dash: run.output: " + run
                        + " (must be the directory of a run that has ended; or give --adapter DIRECTORY or --base)");
        assertThat(run).doesNotExist();
        checkDone(TrainCommandLine.train(configuration.toString()));
    }

    @Test
    void asksAFinishedRunAndGoesOnWhereATaskHasFailed() throws IOException {
        checkDone(evaluate());
        Path whole = run.resolve("evaluation");
        checkWritten(whole);

        Path stopped = temporary.resolve("stopped");
        String[] counted = {"--output", "counted://" + stopped, "--set", CountedFiles.SPARK_PROPERTY};
        // The task behind the one that fails may begin before Spark stops them all.
        CountedFiles.refuse("ARC-Easy/000000004", "ARC-Easy/000000008");
        TrainCommandLine.Ended failed = evaluate(counted);
        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.errors()).singleElement().asString().contains("ARC-Easy/000000004");
        assertThat(CountedFiles.written())
                .as("in the order of the sets, to the failure")
                .startsWith("boolq/000000000", "boolq/000000004", "ARC-Easy/000000000", "ARC-Easy/000000004");
        assertThat(content(stopped).keySet())
                .containsExactly(
                        "evaluation.json",
                        "parts/ARC-Easy/000000000.jsonl",
                        "parts/boolq/000000000.jsonl",
                        "parts/boolq/000000004.jsonl");
        Path damaged = stopped.resolve("parts/boolq/000000004.jsonl");
        byte[] bytes = Files.readAllBytes(damaged);
        Files.write(damaged, Arrays.copyOf(bytes, bytes.length - 1));

        CountedFiles.refuse();
        CountedFiles.written();
        checkDone(evaluate(with(counted, "--set", "spark.master=local[1]")));
        assertThat(CountedFiles.written())
                .as("the damaged part and those that were missing")
                .containsExactly("boolq/000000004", "ARC-Easy/000000004", "ARC-Easy/000000008");
        assertThat(content(stopped)).isEqualTo(content(whole));

        Map<String, String> before = contentAndTimes(whole);
        checkDone(evaluate());
        assertThat(contentAndTimes(whole)).as("a finished evaluation").isEqualTo(before);
        checkRefusals(whole);
    }

    /** What lies there is another evaluation. */
    private static void checkRefusals(Path whole) throws IOException {
        Map<String, String> before = contentAndTimes(whole);
        String began = ", with which the evaluation in file:" + whole + " began; or give another --name or --output)";
        assertThat(evaluate("--set", "evaluation.beams=3").errors())
                .containsExactly("lora-dash: evaluation.beams: 3 (must be 2" + began);
        assertThat(evaluate("--set", "evaluation.records=4").errors())
                .containsExactly("lora-dash: evaluation.records: 4 (must be 0" + began);
        assertThat(evaluate("--base").errors()).containsExactly("lora-dash: adapter: none (must be one" + began);
        assertThat(evaluate("--set", "evaluation.data=" + temporary + "/boolq/test.json")
                        .errors())
                .containsExactly("lora-dash: sets: boolq (must be boolq, ARC-Easy" + began);
        Path data = temporary.resolve("boolq/test.json");
        byte[] bytes = Files.readAllBytes(data);
        try {
            Files.write(data, Arrays.copyOf(bytes, bytes.length - 1));
            assertThat(evaluate().errors())
                    .containsExactly("lora-dash: boolq: is another one (must be the same" + began);
        } finally {
            Files.write(data, bytes);
        }
        assertThat(contentAndTimes(whole)).isEqualTo(before);
    }

    @Test
    void byLikelihoodComparesTheResponsesThatTheQuestionAllows() throws IOException {
        String[] byLikelihood = {"--set", "evaluation.by=likelihood", "--set", "training.workers=2"};
        checkDone(evaluate(with(byLikelihood, "--name", "likelihood")));
        Path ofRun = run.resolve("evaluation/likelihood");
        try (ModelDirectory files = ModelDirectory.open(HADOOP, MODEL);
                Kernels kernels = KernelProvider.best().open()) {
            Merge merge = PeftAdapter.changes(HADOOP, files, run + "/adapter").merge(kernels);
            checkLogProbabilities(ofRun, (Decoder) files.load(Storage.FLOAT32, merge));
        }

        Path ofAdapter = temporary.resolve("of-adapter");
        checkDone(evaluate(with(
                byLikelihood,
                "--adapter",
                run + "/adapter",
                "--output",
                ofAdapter.toString(),
                "--set",
                "spark.master=local[1]")));
        for (String file : List.of("ARC-Easy.jsonl", "boolq.jsonl", "accuracy.json")) {
            assertThat(ofAdapter.resolve(file))
                    .as("the same adapter with one thread")
                    .hasSameBinaryContentAs(ofRun.resolve(file));
        }

        checkDone(evaluate(with(byLikelihood, "--base", "--name", "base", "--set", "evaluation.records=2")));
        Path ofBase = run.resolve("evaluation/base");
        assertThat(lines(ofBase.resolve("ARC-Easy.jsonl"))).hasSize(2);
        try (ModelDirectory files = ModelDirectory.open(HADOOP, MODEL)) {
            checkLogProbabilities(ofBase, (Decoder) files.load(Storage.FLOAT32));
        }
    }

    @Test
    void refusesWhatIsNotThere() throws IOException {
        Path empty = Files.createDirectory(temporary.resolve("empty"));
        assertThat(evaluate("--adapter", empty.toString()).errors())
                .containsExactly("lora-dash: --adapter: " + empty
                        + " (must be a PEFT adapter's directory; it has no adapter_config.json)");
        assertThat(evaluate("--adapter", "a", "--base").errors())
                .containsExactly("lora-dash: --base: given beside --adapter (must be one of them)");
        assertThat(evaluate("--name", "a", "--output", "b").errors())
                .containsExactly("lora-dash: --name: given beside --output (must be one of them)");
        assertThat(evaluate("--name", "../up").errors())
                .containsExactly("lora-dash: --name: ../up (must be letters, digits, hyphens and underscores, and not"
                        + " parts, claims or tokens)");
        assertThat(evaluate("--base", "--set", "evaluation.sets=boolq").errors())
                .containsExactly("lora-dash: " + configuration
                        + ": evaluation.sets: 1 sets (must be as many as the files of evaluation.data, 2)");
        assertThat(evaluate("--base", "--set", "evaluation.max-tokens=500").errors())
                .singleElement()
                .asString()
                .matches("lora-dash: boolq question 0: \\d+ tokens with its answer \\(must be at most 512, the model's"
                        + " max_position_embeddings\\)");
        Path foreign = Files.createDirectory(temporary.resolve("foreign"));
        Files.writeString(foreign.resolve("notes.txt"), "mine");
        TrainCommandLine.Ended ended = evaluate("--base", "--output", foreign.toString());
        assertThat(ended.errors())
                .containsExactly("lora-dash: --output: " + foreign
                        + " (must be new, empty, or the directory of an earlier evaluation)");
        assertThat(ended.status()).isEqualTo(2);
        assertThat(content(foreign)).containsOnlyKeys("notes.txt");
    }

    private static void checkWritten(Path evaluation) throws IOException {
        assertThat(content(evaluation).keySet()).containsExactlyElementsOf(FILES);
        JsonNode accuracy = JSON.readTree(evaluation.resolve("accuracy.json").toFile());
        double sum = 0;
        for (TestSet set : List.of(TestSet.BOOLQ, TestSet.ARC_EASY)) {
            List<JsonNode> lines = lines(evaluation.resolve(set.title() + ".jsonl"));
            int correct = 0;
            for (int i = 0; i < lines.size(); i++) {
                JsonNode line = lines.get(i);
                assertThat(line.get("set").asText()).isEqualTo(set.title());
                assertThat(line.get("index").asInt()).isEqualTo(i);
                String text = line.get("generated").asText();
                Optional<String> extracted = set.answerIn(text);
                assertThat(Optional.ofNullable(line.get("extracted").textValue()))
                        .isEqualTo(extracted);
                boolean right = extracted.equals(Optional.of(line.get("answer").asText()));
                assertThat(line.get("correct").asBoolean()).isEqualTo(right);
                correct += right ? 1 : 0;
            }
            JsonNode figures = accuracy.get("sets").get(set.title());
            assertThat(figures.get("n").asInt()).isEqualTo(lines.size());
            assertThat(figures.get("correct").asInt()).isEqualTo(correct);
            sum += (double) correct / lines.size();
        }
        assertThat(accuracy.at("/average/accuracy").asDouble()).isEqualTo(sum / 2);
        List<JsonNode> lines = lines(evaluation.resolve("ARC-Easy.jsonl"));
        assertThat(lines).hasSameSizeAs(arc);
        for (int i = 0; i < arc.size(); i++) {
            assertThat(lines.get(i).get("answer")).isEqualTo(arc.get(i).get("answer"));
            assertThat(lines.get(i).get("prompt_sha256").asText()).isEqualTo(Sha256.of(prompt(i)));
        }
    }

    /** Against whole forward passes of one response each. */
    private static void checkLogProbabilities(Path evaluation, Decoder model) throws IOException {
        List<JsonNode> lines = lines(evaluation.resolve("ARC-Easy.jsonl"));
        try (Tokenizer tokenizer = Tokenizer.open(HADOOP, new org.apache.hadoop.fs.Path(MODEL))) {
            for (int i = 0; i < lines.size(); i++) {
                JsonNode sums = lines.get(i).get("log_probabilities");
                assertThat(sums.size()).isEqualTo(4);
                String best = "answer1";
                for (int option = 1; option <= 4; option++) {
                    String answer = "answer" + option;
                    assertThat(sums.get(answer).asDouble())
                            .as("question %d, %s", i, answer)
                            .isCloseTo(logProbability(model, tokenizer, prompt(i), answer), within(2e-4));
                    best = sums.get(answer).asDouble() > sums.get(best).asDouble() ? answer : best;
                }
                assertThat(lines.get(i).get("extracted").asText()).isEqualTo(best);
                assertThat(lines.get(i).get("correct").asBoolean())
                        .isEqualTo(best.equals(arc.get(i).get("answer").asText()));
            }
        }
    }

    private static double logProbability(Decoder model, Tokenizer tokenizer, String prompt, String answer) {
        int[] tokens = tokenizer.encode(prompt + "the correct answer is " + answer);
        int[] labels = tokens.clone();
        Arrays.fill(labels, 0, tokenizer.encode(prompt).length, Sequence.NO_LABEL);
        try (Kernels kernels = KernelProvider.best().open()) {
            Tape tape = new Tape(kernels, ARENA, Tape.BlockValues.KEPT);
            tape.reset();
            TokenBatch batch = TokenBatch.of(List.of(new Sequence(tokens, labels)));
            return -model.loss(tape, batch.tokens(), batch.starts(), batch.targets(), Changes.none(), 1f);
        }
    }

    private static String prompt(int index) {
        return Prompt.of(new InstructionRecord(arc.get(index).get("instruction").asText(), "", ""));
    }

    private static TrainCommandLine.Ended evaluate(String... options) {
        List<String> arguments = new ArrayList<>(List.of("evaluate", configuration.toString()));
        arguments.addAll(List.of(options));
        return TrainCommandLine.run(arguments);
    }

    private static String[] with(String[] options, String... more) {
        return Stream.concat(Arrays.stream(options), Arrays.stream(more)).toArray(String[]::new);
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
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !directory.relativize(file).startsWith("likelihood")
                            && !directory.relativize(file).startsWith("base"))
                    .toList()) {
                content.put(
                        directory.relativize(file).toString(),
                        new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
            }
        }
        return content;
    }

    private static Map<String, String> contentAndTimes(Path directory) throws IOException {
        Map<String, String> content = content(directory);
        for (Map.Entry<String, String> file : content.entrySet()) {
            file.setValue(file.getValue() + Files.getLastModifiedTime(directory.resolve(file.getKey())));
        }
        return content;
    }
}
