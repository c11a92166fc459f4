package org.loradash.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.Fixtures;
import org.loradash.adapter.PeftAdapter;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.config.SettingsReader;
import org.loradash.generate.Merging;
import org.loradash.generate.Tuned;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.Changes;
import org.loradash.model.ModelDirectory;
import org.loradash.model.encoder.Encoder;
import org.loradash.spark.training.TrainingJob;

/** What a run of an encoder leaves says in stock PEFT and transformers what it says here. */
class EncoderExportTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "bert, classification, lora-dash, '[no, yes]'",
        "bert, regression, lora-dash, '[LABEL_0]'",
        "bert, classification, full, '[a, b, c]'",
        "deberta, classification, lora-dash, '[one, two, three]'",
        "deberta-unshared, classification, pissa, '[a, b, c, d, e]'",
        "roberta-regression, regression, milora, '[LABEL_0]'",
        "roberta-regression, classification, lora-dash, '[no, yes]'"
    })
    void saysTheSameInPeftAndMergedInTransformers(String fixture, String kind, String method, String names)
            throws IOException, InterruptedException {
        String python = RealModelTest.given("LORADASH_PYTHON").toString();
        Path model = Fixtures.path("golden/" + fixture + "/model");
        boolean full = method.equals("full");
        Path run = train(model, kind, method, names);
        Path merged = directory.resolve("merged");
        if (full) {
            check(python, names, run.resolve("model"), Optional.empty());
        } else {
            check(python, names, model, Optional.of(run.resolve("adapter")));
            Configuration hadoop = new Configuration();
            Merging.write(Tuned.of(run.toString(), Optional.empty(), hadoop), merged.toString(), 1, hadoop);
            check(python, names, merged, Optional.empty());
        }
    }

    private Path train(Path model, String kind, String method, String names) throws IOException {
        Path run = directory.resolve("run");
        boolean classes = kind.equals("classification");
        List<String> lines = new ArrayList<>();
        for (JsonNode text : texts(model)) {
            ObjectNode line = text.deepCopy();
            lines.add(line.put("label", lines.size() % 2).toString());
        }
        Path configuration = Files.writeString(
                directory.resolve("run.conf"),
                """
                run.output = "%s"
                model.path = "%s"
                task.kind = %s
                data { train = "%s", format = tokens }
                adapter { method = %s, rank = 4, alpha = 6, targets = all-linear }
                dash { on = %s, directions = 3, pre-launch-steps = 4 }
                training { local-steps = 4, batch-size = 4, steps = 8, learning-rate = 0.01 }
                spark { master = "local[2]", ui.enabled = false }
                """
                        .formatted(
                                run,
                                model,
                                kind,
                                Files.write(directory.resolve("data.jsonl"), lines),
                                method,
                                !method.equals("full")));
        TrainingJob.run(new SettingsReader(new Configuration())
                .read(configuration.toString(), classes ? List.of("task.labels=" + names) : List.of()));
        return run;
    }

    private static List<ObjectNode> texts(Path model) throws IOException {
        List<ObjectNode> texts = new ArrayList<>();
        for (String line : Files.readAllLines(model.resolveSibling("data.jsonl"))) {
            texts.add((ObjectNode) JSON.readTree(line));
        }
        return texts;
    }

    /** Writes what the model says here of some texts, and has it compared. */
    private void check(String python, String names, Path model, Optional<Path> adapter)
            throws IOException, InterruptedException {
        ObjectNode said = JSON.createObjectNode();
        ArrayNode texts = said.putArray("texts");
        ArrayNode outputs = said.putArray("outputs");
        ArrayNode labels = said.putArray("names");
        for (String name : names.replaceAll("[\\[\\] ]", "").split(",")) {
            labels.add(name);
        }
        try (ModelDirectory files = ModelDirectory.open(new Configuration(), model.toString());
                Kernels kernels = KernelProvider.best().open()) {
            Encoder encoder = (Encoder) files.load(Storage.FLOAT32);
            Changes changes = adapter.map(
                            path -> (Changes) PeftAdapter.changes(new Configuration(), files, path.toString()))
                    .orElseGet(Changes::none);
            Tape tape = Tape.forward(kernels, new Arena());
            for (JsonNode text :
                    JSON.readTree("[" + String.join(",", Files.readAllLines(directory.resolve("data.jsonl"))) + "]")) {
                ArrayNode types = JSON.createArrayNode();
                byte[] ofTokens = new byte[text.get("input_ids").size()];
                int[] tokens = new int[ofTokens.length];
                for (int i = 0; i < tokens.length; i++) {
                    tokens[i] = text.get("input_ids").get(i).asInt();
                    ofTokens[i] = (byte) text.path("token_type_ids").path(i).asInt();
                    types.add(ofTokens[i]);
                }
                ObjectNode given = texts.addObject();
                given.set("input_ids", text.get("input_ids"));
                given.set("token_type_ids", types);
                tape.reset();
                Tensor scores = encoder.outputs(tape, tokens, ofTokens, new int[] {0, tokens.length}, changes, 0)
                        .value();
                ArrayNode row = outputs.addArray();
                for (float score : scores.toArray()) {
                    row.add(score);
                }
            }
        }
        Path file = Files.writeString(directory.resolve("outputs.json"), said.toString());
        List<String> command = new ArrayList<>(
                List.of(python, Fixtures.path("peft/check_outputs.py").toString(), file.toString(), model.toString()));
        adapter.ifPresent(path -> command.add(path.toString()));
        Process check = new ProcessBuilder(command).redirectErrorStream(true).start();
        String answer = new String(check.getInputStream().readAllBytes());
        assertThat(check.waitFor()).as(answer).isZero();
    }
}
