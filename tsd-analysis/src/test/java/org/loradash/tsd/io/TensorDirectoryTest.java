package org.loradash.tsd.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.tsd.InvalidInput;

class TensorDirectoryTest {
    @TempDir
    Path directory;

    @Test
    void readsASingleFile() throws IOException {
        write("model.safetensors", NamedTensor.of("a", new float[] {1, 2}, 2));
        try (TensorDirectory weights = open()) {
            assertThat(weights.names()).containsExactly("a");
            assertThat(weights.contains("a")).isTrue();
            assertThat(weights.contains("b")).isFalse();
            assertThat(weights.readFloats("a")).containsExactly(1, 2);
            assertThat(weights.tensor("a").shape()).containsExactly(2);
            assertThat(weights.files()).hasSize(1);
        }
    }

    @Test
    void readsShards() throws IOException {
        write("model-00001-of-00002.safetensors", NamedTensor.of("a", new float[] {1}, 1));
        write("model-00002-of-00002.safetensors", NamedTensor.of("b", new float[] {2}, 1));
        index("{\"a\":\"model-00001-of-00002.safetensors\",\"b\":\"model-00002-of-00002.safetensors\"}");
        try (TensorDirectory weights = open()) {
            assertThat(weights.names()).containsExactly("a", "b");
            assertThat(weights.readFloats("b")).containsExactly(2);
            assertThat(weights.files())
                    .extracting(org.apache.hadoop.fs.Path::getName)
                    .containsExactly("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
            assertThatThrownBy(() -> weights.tensor("c"))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageEndingWith(": no tensor c (must be one of its 2 tensors)");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "diffusion_pytorch_model.safetensors",
                "diffusion_pytorch_model.fp16.safetensors",
                "model.fp16.safetensors"
            })
    void readsAPartOfAPipeline(String file) throws IOException {
        write(file, NamedTensor.of("a", new float[] {1, 2}, 2));
        try (TensorDirectory weights = open()) {
            assertThat(weights.readFloats("a")).containsExactly(1, 2);
        }
    }

    @Test
    void readsShardsOfAVariantOfAPipelinesPart() throws IOException {
        write("diffusion_pytorch_model-00001-of-00001.fp16.safetensors", NamedTensor.of("a", new float[] {1}, 1));
        Files.writeString(
                directory.resolve("diffusion_pytorch_model.safetensors.index.fp16.json"),
                "{\"weight_map\":{\"a\":\"diffusion_pytorch_model-00001-of-00001.fp16.safetensors\"}}");
        try (TensorDirectory weights = open()) {
            assertThat(weights.readFloats("a")).containsExactly(1);
        }
    }

    @Test
    void ofTwoVariantsTheWholeNumbersAreRead() throws IOException {
        write("diffusion_pytorch_model.fp16.safetensors", NamedTensor.of("a", new float[] {1}, 1));
        write("diffusion_pytorch_model.safetensors", NamedTensor.of("a", new float[] {2}, 1));
        try (TensorDirectory weights = open()) {
            assertThat(weights.readFloats("a")).containsExactly(2);
        }
    }

    @Test
    void readsWhatTorchSavedWhereThereAreNoSafetensors() throws IOException {
        Path made = Path.of("..", "src-test-data", "torch", "zip.bin");
        Files.copy(made, directory.resolve("shard.bin"));
        Files.writeString(
                directory.resolve("pytorch_model.bin.index.json"), "{\"weight_map\":{\"scalar\":\"shard.bin\"}}");
        try (TensorDirectory weights = open()) {
            assertThat(weights.names()).containsExactly("scalar");
            assertThat(weights.readFloats("scalar")).containsExactly(0.5f);
        }
        Files.copy(made, directory.resolve("pytorch_model.bin"));
        try (TensorDirectory weights = open()) {
            assertThat(weights.names()).hasSize(21);
            assertThat(weights.readFloats("größe")).containsExactly(1);
        }
        write("model.safetensors", NamedTensor.of("a", new float[] {1}, 1));
        try (TensorDirectory weights = open()) {
            assertThat(weights.names()).containsExactly("a");
        }
    }

    @Test
    void aTensorOfABareEncoderHasTheNameThatItHasBelowAHead() throws IOException {
        config("{\"model_type\": \"bert\"}");
        write("x.safetensors", NamedTensor.of("encoder.layer.0.output.LayerNorm.gamma", new float[] {1, 2}, 2));
        index("{\"encoder.layer.0.output.LayerNorm.gamma\":\"x.safetensors\"}");
        String name = "bert.encoder.layer.0.output.LayerNorm.weight";
        try (TensorDirectory weights = open()) {
            assertThat(weights.names()).containsExactly(name);
            assertThat(weights.tensor(name)).isEqualTo(new TensorInfo(name, ElementType.F32, new long[] {2}));
            assertThat(weights.file(name).readFloats(name)).containsExactly(1, 2);
        }
    }

    @Test
    void refusesATensorUnderTwoNames() throws IOException {
        config("{\"model_type\": \"bert\"}");
        write(
                "model.safetensors",
                NamedTensor.of("pooler.dense.bias", new float[] {1}, 1),
                NamedTensor.of("bert.pooler.dense.bias", new float[] {1}, 1));
        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith("model.safetensors: tensor: bert.pooler.dense.bias"
                        + " (must be there under one name; another tensor is bert.pooler.dense.bias too)");
    }

    @Test
    void refusesADirectoryWithoutWeights() {
        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining(directory.getFileName().toString())
                .hasMessageEndingWith(": no weights (must be a directory with model.safetensors, pytorch_model.bin or"
                        + " diffusion_pytorch_model.safetensors, or with the .index.json of shards)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/passwd",
                "../model.safetensors",
                "sub/a.safetensors",
                "..",
                "",
                "a\\\\b.safetensors",
                "hdfs:a.safetensors",
                ".hidden.safetensors",
                "a.bin",
                "a.safetensors\\n"
            })
    void refusesAShardThatIsNotAPlainFileBesideTheIndex(String shard) throws IOException {
        index("{\"a\":\"" + shard + "\"}");
        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("model.safetensors.index.json: weight_map: a: \"")
                .hasMessageEndingWith("(must be the plain name of a .safetensors file in the same directory)")
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[]", "\"a\"", "{\"a\":1}", "{\"a\":\"x.safetensors\",\"a\":\"x.safetensors\"}", "{", "{}}}"})
    void refusesAMalformedIndex(String weightMap) throws IOException {
        index(weightMap);
        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("model.safetensors.index.json: ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void refusesAMissingShardAndATensorThatItsShardLacks() throws IOException {
        index("{\"a\":\"x.safetensors\"}");
        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith("x.safetensors: not found (must be a readable file)");
        write("x.safetensors", NamedTensor.of("b", new float[] {1}, 1));
        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith("x.safetensors: no tensor a (must be one of its 1 tensors)");
    }

    private TensorDirectory open() {
        return TensorDirectory.open(Samples.local(), Samples.path(directory));
    }

    private void config(String json) throws IOException {
        Files.writeString(directory.resolve("config.json"), json);
    }

    private void write(String name, NamedTensor... tensors) throws IOException {
        try (OutputStream out = Files.newOutputStream(directory.resolve(name))) {
            SafetensorsWriter.write(out, Map.of(), List.of(tensors));
        }
    }

    private void index(String weightMap) throws IOException {
        Files.writeString(
                directory.resolve("model.safetensors.index.json"),
                "{\"metadata\":{},\"weight_map\":" + weightMap + "}");
    }
}
