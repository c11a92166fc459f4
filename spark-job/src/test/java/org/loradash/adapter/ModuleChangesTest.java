package org.loradash.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.loradash.Differences.assertClose;
import static org.loradash.Differences.doubles;
import static org.loradash.Differences.normal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.autograd.Arena;
import org.loradash.autograd.LowRank;
import org.loradash.autograd.Parameter;
import org.loradash.autograd.Tape;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.data.Sequence;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.Changes;
import org.loradash.model.Merge;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Target;
import org.loradash.model.decoder.Decoder;
import org.loradash.task.language.TokenBatch;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;

class ModuleChangesTest {
    private static final Configuration HADOOP = new Configuration();
    private static final Arena ARENA = new Arena();
    private static final String MODEL = Fixtures.path("tiny-llama/model").toString();

    private static final int[] TOKENS = {1, 17, 200, 4, 190, 23, 23};
    private static final TokenBatch BATCH = TokenBatch.of(List.of(new Sequence(TOKENS, TOKENS)));

    @TempDir
    private Path directory;

    /** Some layers of some blocks, with ranks and scales of their own, of layers that are computed together too. */
    @Test
    void changeTheModelBesideTheWeightsAsMergedIntoThem() throws IOException {
        write(
                "\"rank_pattern\": {\"layers.1.self_attn.v_proj\": 2, \"down_proj\": 5},"
                        + "\"alpha_pattern\": {\"layers.1.self_attn.v_proj\": 8}",
                factors("model.layers.0.self_attn.k_proj", 3, 128, 64),
                factors("model.layers.1.self_attn.q_proj", 3, 128, 128),
                factors("model.layers.1.self_attn.v_proj", 2, 128, 64),
                factors("model.layers.2.mlp.up_proj", 3, 128, 352),
                factors("model.layers.3.mlp.down_proj", 5, 352, 128));
        try (ModelDirectory files = ModelDirectory.open(HADOOP, MODEL);
                Kernels kernels = KernelProvider.best().open()) {
            Decoder base = (Decoder) files.load(Storage.FLOAT32);
            ModuleChanges changes = PeftAdapter.changes(HADOOP, files, directory.toString());
            float[] plain = logits(kernels, base, BATCH, Changes.none());
            float[] expected = logits(
                    kernels, (Decoder) files.load(Storage.FLOAT32, changes.merge(kernels)), BATCH, Changes.none());
            assertClose("logits", logits(kernels, base, BATCH, changes), doubles(expected), 1e-5);
            assertThat(largestDifference(plain, expected)).isGreaterThan(0.1f);
        }
    }

    /** As stock PEFT has it: the embedding stays as it is, and the output layer changes. */
    @ParameterizedTest
    @ValueSource(strings = {"tiny-llama/model", "golden/tied/model"})
    void changeAnOutputLayerTiedToTheEmbeddingAndNotTheEmbedding(String fixture) throws IOException {
        String model = Fixtures.path(fixture).toString();
        Path merged = directory.resolve("merged");
        try (ModelDirectory files = ModelDirectory.open(HADOOP, model);
                Kernels kernels = KernelProvider.best().open()) {
            Target head = files.shape().linears().get(files.shape().linears().size() - 1);
            write("\"rank_pattern\": {}", factors("lm_head", 3, head.inputs(), head.outputs()));
            Decoder base = (Decoder) files.load(Storage.FLOAT32);
            ModuleChanges changes = PeftAdapter.changes(HADOOP, files, directory.toString());
            float[] beside = logits(kernels, base, BATCH, changes);
            assertThat(largestDifference(logits(kernels, base, BATCH, Changes.none()), beside))
                    .isGreaterThan(0.1f);
            double[] expected = doubles(beside);
            Merge merge = changes.merge(kernels);
            assertClose(
                    "loaded",
                    logits(kernels, (Decoder) files.load(Storage.FLOAT32, merge), BATCH, Changes.none()),
                    expected,
                    1e-5);
            MergedModel.write(Fixtures.localFiles(), new org.apache.hadoop.fs.Path(merged.toUri()), merge, files);
            try (ModelDirectory written = ModelDirectory.open(HADOOP, merged.toString())) {
                assertThat(written.shape().source("lm_head.weight")).isEqualTo("lm_head.weight");
                float[] embedding = files.weights().readFloats("model.embed_tokens.weight");
                assertThat(written.weights().readFloats("model.embed_tokens.weight"))
                        .isEqualTo(embedding);
                float[] changed = merge.merged("lm_head.weight", embedding);
                float[] output = written.weights().readFloats("lm_head.weight");
                for (int i = 0; i < changed.length; i++) {
                    // A bfloat16 number is within one 256th of what was rounded to it.
                    assertThat(output[i]).isCloseTo(changed[i], within(Math.abs(changed[i]) / 256 + 1e-7f));
                }
            }
        }
    }

    @Test
    void putTensorsTrainedWholeInTheModelsPlace() throws IOException {
        String norm = "model.layers.1.input_layernorm.weight";
        try (ModelDirectory files = ModelDirectory.open(HADOOP, MODEL);
                Kernels kernels = KernelProvider.best().open()) {
            Decoder base = (Decoder) files.load(Storage.FLOAT32);
            Tensor head = normal(3, 2048, 128, 0.3);
            Tensor scales = normal(4, 1, 128, 0.5);
            Tensor ofQueries = normal(5, 2, 128, 0.3);
            ModuleChanges changes = new ModuleChanges(
                    Map.of(
                            "model.layers.1.self_attn.q_proj",
                            new LowRank(ofQueries, normal(6, 128, 2, 0.3), null, null)),
                    Map.of(),
                    Map.of("lm_head.weight", new Parameter(head, null), norm, new Parameter(scales, null)));
            PeftAdapter.write(
                    Fixtures.localFiles(),
                    new org.apache.hadoop.fs.Path(directory.toUri()),
                    changes,
                    PeftAdapter.Base.of(files, Optional.empty()));
            assertThat(Fixtures.json(directory.resolve("adapter_config.json")).get("modules_to_save"))
                    .map(JsonNode::asText)
                    .containsExactlyInAnyOrder("lm_head", "model.layers.1.input_layernorm");
            ModuleChanges read = PeftAdapter.changes(HADOOP, files, directory.toString());
            assertThat(read.whole().get(norm).value().toArray()).isEqualTo(scales.toArray());
            float[] beside = logits(kernels, base, BATCH, read);
            assertThat(largestDifference(logits(kernels, base, BATCH, Changes.none()), beside))
                    .isGreaterThan(0.1f);
            float[] merged =
                    logits(kernels, (Decoder) files.load(Storage.FLOAT32, read.merge(kernels)), BATCH, Changes.none());
            assertClose("merged", merged, doubles(beside), 1e-5);
        }
    }

    @Test
    void refuseWhatIsNotFiniteAndNeverHoldsIt() throws IOException {
        List<NamedTensor> factors = factors("model.layers.1.self_attn.v_proj", 3, 128, 64);
        ((NamedTensor.Floats) factors.get(1)).data()[4] = Float.NaN;
        write("\"rank_pattern\": {}", factors);
        try (ModelDirectory files = ModelDirectory.open(HADOOP, MODEL)) {
            String message = directory + "/adapter_model.safetensors: base_model.model.model.layers.1.self_attn.v_proj"
                    + ".lora_B.weight[1, 1]: NaN (must be a finite number that float32 can hold)";
            assertThatThrownBy(() -> PeftAdapter.check(HADOOP, files, directory.toString()))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> PeftAdapter.changes(HADOOP, files, directory.toString()))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessage(message);
        }
    }

    @Test
    void refuseATensorTrainedWholeThatTheModelHasNot() throws IOException {
        write(
                "\"modules_to_save\": [\"score\"]",
                List.of(NamedTensor.of("base_model.model.score.weight", new float[256], 2, 128)));
        try (ModelDirectory files = ModelDirectory.open(HADOOP, MODEL)) {
            assertThatThrownBy(() -> PeftAdapter.check(HADOOP, files, directory.toString()))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessage(
                            directory + ": tensor score.weight (must be of a module that this model can have trained"
                                    + " whole, such as model.layers.0.input_layernorm.weight)");
        }
    }

    @Test
    void refusesAnAdapterOfTheEmbedding() throws IOException {
        write("\"rank_pattern\": {}", factors("model.embed_tokens", 3, 128, 2048));
        try (ModelDirectory files = ModelDirectory.open(HADOOP, MODEL)) {
            assertThatThrownBy(() -> PeftAdapter.check(HADOOP, files, directory.toString()))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessage(directory + ": module model.embed_tokens (must be a linear layer of a block, such as"
                            + " model.layers.0.self_attn.q_proj)");
        }
    }

    private static float largestDifference(float[] one, float[] other) {
        float largest = 0;
        for (int i = 0; i < one.length; i++) {
            largest = Math.max(largest, Math.abs(one[i] - other[i]));
        }
        return largest;
    }

    private static float[] logits(Kernels kernels, Decoder model, TokenBatch batch, Changes changes) {
        ARENA.reset();
        return model.logits(Tape.forward(kernels, ARENA), batch.tokens(), batch.starts(), changes)
                .toArray();
    }

    private static List<NamedTensor> factors(String module, int rank, int inputs, int outputs) {
        String name = "base_model.model." + module;
        return List.of(
                NamedTensor.of(
                        name + ".lora_A.weight",
                        normal(module.hashCode(), rank, inputs, 0.3).toArray(),
                        rank,
                        inputs),
                NamedTensor.of(
                        name + ".lora_B.weight",
                        normal(rank, outputs, rank, 0.3).toArray(),
                        outputs,
                        rank));
    }

    @SafeVarargs
    private void write(String patterns, List<NamedTensor>... modules) throws IOException {
        List<NamedTensor> tensors = new ArrayList<>();
        for (List<NamedTensor> module : modules) {
            tensors.addAll(module);
        }
        Files.writeString(
                directory.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": 3, \"lora_alpha\": 6, " + patterns + "}");
        try (OutputStream out = Files.newOutputStream(directory.resolve("adapter_model.safetensors"))) {
            SafetensorsWriter.write(out, Map.of(), tensors);
        }
    }
}
