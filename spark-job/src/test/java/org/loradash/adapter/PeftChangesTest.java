package org.loradash.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.loradash.Differences.assertClose;
import static org.loradash.Differences.doubles;
import static org.loradash.Differences.normal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.data.Sequence;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.model.Changes;
import org.loradash.model.ModelDirectory;
import org.loradash.model.decoder.Decoder;
import org.loradash.task.language.TokenBatch;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;

class PeftChangesTest {
    private static final Configuration HADOOP = new Configuration();
    private static final String MODEL = Fixtures.path("tiny-llama/model").toString();

    @TempDir
    private Path directory;

    /** Some layers of some blocks, with ranks and scales of their own, of layers that are computed together too. */
    @Test
    void changesTheModelAsMergedWeightsDo() throws IOException {
        write(
                "\"rank_pattern\": {\"layers.1.self_attn.v_proj\": 2, \"down_proj\": 5},"
                        + "\"alpha_pattern\": {\"layers.1.self_attn.v_proj\": 8}",
                factors("model.layers.0.self_attn.k_proj", 3, 128, 64),
                factors("model.layers.1.self_attn.q_proj", 3, 128, 128),
                factors("model.layers.1.self_attn.v_proj", 2, 128, 64),
                factors("model.layers.2.mlp.up_proj", 3, 128, 352),
                factors("model.layers.3.mlp.down_proj", 5, 352, 128));
        int[] tokens = {1, 17, 300, 4, 1999, 23, 23};
        TokenBatch batch = TokenBatch.of(List.of(new Sequence(tokens, tokens)));
        try (ModelDirectory files = ModelDirectory.open(HADOOP, MODEL);
                MergedWeights merged = MergedWeights.open(HADOOP, MODEL, directory.toString(), 1);
                Kernels kernels = KernelProvider.best().open()) {
            Decoder base = (Decoder) files.load(Storage.FLOAT32);
            PeftChanges changes = PeftChanges.read(HADOOP, MODEL, files.targets(), directory.toString());
            float[] plain = logits(kernels, base, batch, Changes.none());
            float[] expected = logits(kernels, (Decoder) files.load(Storage.FLOAT32, merged), batch, Changes.none());
            assertClose("logits", logits(kernels, base, batch, changes), doubles(expected), 1e-5);
            float moved = 0;
            for (int i = 0; i < plain.length; i++) {
                moved = Math.max(moved, Math.abs(plain[i] - expected[i]));
            }
            assertThat(moved).as("the adapter changes something").isGreaterThan(0.1f);
        }
    }

    @Test
    void refusesAnAdapterOfTheEmbedding() throws IOException {
        write("\"rank_pattern\": {}", factors("model.embed_tokens", 3, 128, 2048));
        try (ModelDirectory files = ModelDirectory.open(HADOOP, MODEL)) {
            assertThatThrownBy(() -> PeftChanges.check(HADOOP, MODEL, files.targets(), directory.toString()))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessage(directory + ": module model.embed_tokens (must be a linear layer of a block, such as"
                            + " model.layers.0.self_attn.q_proj)");
        }
    }

    private static float[] logits(Kernels kernels, Decoder model, TokenBatch batch, Changes changes) {
        return model.logits(Tape.forward(kernels, new Arena()), batch.tokens(), batch.starts(), changes)
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
