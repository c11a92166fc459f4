package org.loradash.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.loradash.Differences.assertClose;
import static org.loradash.Differences.doubles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.model.decoder.Decoder;
import org.loradash.model.decoder.DecoderShape;
import org.loradash.task.language.TokenBatch;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.ElementType;
import org.loradash.tsd.io.NamedTensor;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModelDirectoryTest {
    private static final String FIXTURE = "golden/gradients/model";
    private static final String KEY = "model.layers.1.self_attn.k_proj.weight";

    private static final Arena ARENA = new Arena();
    private TokenBatch batch;

    @TempDir
    Path directory;

    @BeforeAll
    void readABatch() {
        batch = Fixtures.batch(Fixtures.path("golden/gradients/data.jsonl"), 0, 3);
    }

    @Test
    void saysWhatAModelIsWithoutReadingIt() throws IOException {
        try (ModelDirectory model = open(Fixtures.path(FIXTURE))) {
            DecoderShape shape = DecoderShape.of(model);
            assertThat(shape.vocabularySize()).isEqualTo(150);
            assertThat(shape.maximumPositions()).isEqualTo(256);
            assertThat(model.targets()).hasSize(14);
            assertThat(model.targets().get(1)).isEqualTo(new Target("model.layers.0.self_attn.k_proj", 0, 16, 32));
            assertThat(model.targets().get(13)).isEqualTo(new Target("model.layers.1.mlp.down_proj", 1, 32, 72));
            assertThat(model.targets().get(13).kind()).isEqualTo("down_proj");
            assertThat(model.targets().get(13).directions()).isEqualTo(32);
        }
    }

    @Test
    void readsWhatTorchSavedAsItReadsSafetensors() throws IOException {
        Files.copy(Fixtures.path("golden/lora/model/config.json"), directory.resolve("config.json"));
        Files.copy(Fixtures.path("torch/pytorch_model.bin"), directory.resolve("pytorch_model.bin"));
        try (ModelDirectory model = open(directory);
                ModelDirectory same = open(Fixtures.path("golden/lora/model"))) {
            assertThat(model.weights().names())
                    .containsExactlyInAnyOrderElementsOf(same.weights().names());
            for (String name : same.weights().names()) {
                assertThat(model.weights().readFloats(name))
                        .as(name)
                        .containsExactly(same.weights().readFloats(name));
            }
        }
    }

    @Test
    void saysWhichTokensEndATextAsTransformersTakesThem() throws IOException {
        ModelFiles files = ModelFiles.of(FIXTURE);
        files.config.put("eos_token_id", 7);
        files.write(directory);
        assertThat(endTokens()).containsExactly(7);
        Path generation = directory.resolve("generation_config.json");
        Files.writeString(generation, "{\"eos_token_id\": [3, 149]}");
        assertThat(endTokens()).containsExactly(3, 149);
        Files.writeString(generation, "{}");
        assertThat(endTokens()).isEmpty();
        Files.writeString(generation, "{\"eos_token_id\": 150}");
        assertThatThrownBy(this::endTokens)
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith(
                        "generation_config.json: eos_token_id: 150 (must be tokens from 0 to 149, of the vocabulary)");
    }

    private Set<Integer> endTokens() throws IOException {
        try (ModelDirectory model = open(directory)) {
            return model.endTokens(150);
        }
    }

    @Test
    void refusesADirectoryThatIsNotThere() {
        Path missing = directory.resolve("absent");
        refuses(missing, "model.path: " + missing.toUri() + " (must be a model directory; there is nothing there)");
    }

    @Test
    void refusesADirectoryWithoutAConfig() {
        refuses(
                directory,
                "model.path: " + directory.toUri()
                        + " (must be a directory with config.json and weights; there is no file:"
                        + directory.resolve("config.json") + ")");
    }

    @Test
    void refusesADirectoryWithoutWeights() {
        ModelFiles.of(FIXTURE).writeConfig(directory);
        refuses(
                directory,
                "file:" + directory
                        + ": no weights (must be a directory with model.safetensors, pytorch_model.bin or"
                        + " diffusion_pytorch_model.safetensors, or with the .index.json of shards)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no JSON", "{\"hidden_size\": 3", "{\"a\": \"", "\u0000\u0001"})
    void refusesAConfigThatIsNotJson(String text) throws IOException {
        Files.writeString(directory.resolve("config.json"), text);
        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("file:" + directory.resolve("config.json") + ": ")
                .hasMessageEndingWith(" (must be a JSON object)")
                .message()
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "3", "null", "\"text\""})
    void refusesAConfigThatIsNoObject(String text) throws IOException {
        Files.writeString(directory.resolve("config.json"), text);
        refuses(directory, "file:" + directory.resolve("config.json") + ": not a JSON object (must be one)");
    }

    @Test
    void refusesAConfigNestedTooDeep() throws IOException {
        Files.writeString(directory.resolve("config.json"), "{\"a\":" + "[".repeat(100_000));
        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(InvalidInput.class)
                .message()
                .startsWith("file:" + directory.resolve("config.json") + ": ")
                .endsWith(" (must be a JSON object)")
                .doesNotContain("\n");
    }

    @Test
    void refusesAConfigThatIsTooLong() throws IOException {
        Files.write(directory.resolve("config.json"), new byte[(1 << 20) + 1]);
        refuses(directory, "file:" + directory.resolve("config.json") + ": 1048577 bytes (must be at most 1048576)");
    }

    @Test
    void refusesWeightsOfAnotherShapeThanTheConfigs() throws IOException {
        ModelFiles files = ModelFiles.of(FIXTURE);
        files.put(KEY, new float[32 * 16], 32, 16);
        files.write(directory);
        refuses(directory, weights() + ": " + KEY + ": shape [32, 16] (must be [16, 32], as config.json says)");
    }

    @ParameterizedTest
    @CsvSource({
        "vocab_size, 151, model.embed_tokens.weight, '[150, 32]', '[151, 32]'",
        "intermediate_size, 16777216, model.layers.0.mlp.gate_proj.weight, '[72, 32]', '[16777216, 32]'",
        "head_dim, 10, model.layers.0.self_attn.q_proj.weight, '[32, 32]', '[40, 32]'"
    })
    void refusesAConfigThatDisagreesWithTheWeights(String key, int value, String tensor, String found, String expected)
            throws IOException {
        ModelFiles files = ModelFiles.of(FIXTURE);
        files.config.put(key, value);
        files.write(directory);
        refuses(
                directory,
                weights() + ": " + tensor + ": shape " + found + " (must be " + expected + ", as config.json says)");
    }

    @ParameterizedTest
    @ValueSource(strings = {KEY, "model.norm.weight", "lm_head.weight", "model.layers.0.input_layernorm.weight"})
    void refusesWeightsWithoutATensor(String name) throws IOException {
        ModelFiles files = ModelFiles.of(FIXTURE);
        files.tensors.remove(name);
        files.write(directory);
        refuses(directory, "file:" + directory + ": no tensor " + name + " (must be one of its 20 tensors)");
    }

    @Test
    void refusesMoreLayersThanTheWeightsHave() throws IOException {
        ModelFiles files = ModelFiles.of(FIXTURE);
        files.config.put("num_hidden_layers", 16_777_216);
        files.write(directory);
        refuses(
                directory,
                "file:" + directory
                        + ": no tensor model.layers.2.input_layernorm.weight (must be one of its 21 tensors)");
    }

    /** As Hugging Face's cache keeps models: a snapshot is links to blobs beside it. */
    @Test
    void aModelOfLinksIsRead() throws IOException {
        Path blobs = Files.createDirectories(directory.resolve("blobs"));
        ModelFiles.of(FIXTURE).write(blobs);
        Path snapshot = Files.createDirectories(directory.resolve("snapshot"));
        for (String name : new String[] {"config.json", "model.safetensors"}) {
            Files.createSymbolicLink(snapshot.resolve(name), blobs.resolve(name));
        }
        try (ModelDirectory model = open(snapshot)) {
            assertThat(model.targets()).isNotEmpty();
        }
    }

    @Test
    void refusesIntegers() throws IOException {
        ModelFiles files = ModelFiles.of(FIXTURE);
        files.put(KEY, new long[16 * 32], 16, 32);
        files.write(directory);
        refuses(directory, weights() + ": " + KEY + ": type I64 (must be F64, F32, F16 or BF16)");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void aShardedModelIsTheSame(int shards) throws IOException {
        ModelFiles.of(FIXTURE).writeShards(directory, shards);
        assertThat(logits(directory, Storage.FLOAT32)).containsExactly(logits(Fixtures.path(FIXTURE), Storage.FLOAT32));
    }

    /** As in transformers 5. */
    @Test
    void aHeadInTheFilesIsTheModelsThoughTheConfigTiesIt() throws IOException {
        ModelFiles files = ModelFiles.of("golden/tied/model");
        float[] tied = logits(Fixtures.path("golden/tied/model"), Storage.FLOAT32);
        float[] head = ((NamedTensor.Floats) files.tensors.get("model.embed_tokens.weight"))
                .data()
                .clone();
        for (int i = 0; i < head.length; i++) {
            head[i] *= 2;
        }
        files.put("lm_head.weight", head, 211, 48);
        files.write(directory);
        double[] twice = doubles(tied);
        for (int i = 0; i < twice.length; i++) {
            twice[i] *= 2;
        }
        assertClose("logits", logits(directory, Storage.FLOAT32), twice, 1e-6);
        try (ModelDirectory opened = open(directory)) {
            assertThat(opened.shape().source("lm_head.weight")).isEqualTo("lm_head.weight");
        }
    }

    @Test
    void aHeadOfAnotherShapeIsRefusedThoughTheConfigTiesIt() throws IOException {
        ModelFiles files = ModelFiles.of("golden/tied/model");
        files.put("lm_head.weight", new float[] {1, 2, 3}, 3);
        files.write(directory);
        refuses(directory, weights() + ": lm_head.weight: shape [3] (must be [211, 48], as config.json says)");
    }

    /** The order of roundings does not matter: a file's half precision is held exactly by memory of the same kind. */
    @ParameterizedTest
    @CsvSource({"BF16, BFLOAT16", "F16, FLOAT16"})
    void halfPrecisionFilesAndHalfPrecisionMemoryAreTheSame(ElementType type, Storage storage) throws IOException {
        ModelFiles.of(FIXTURE).writeHalf(directory, type);
        float[] expanded = logits(directory, Storage.FLOAT32);
        assertClose("held in half precision", logits(directory, storage), doubles(expanded), 1e-5);
        assertClose("of the float32 file", logits(Fixtures.path(FIXTURE), Storage.FLOAT32), doubles(expanded), 0.05);
        assertThat(logits(Fixtures.path(FIXTURE), Storage.FLOAT32)).isNotEqualTo(expanded);
    }

    @ParameterizedTest
    @EnumSource(
            value = Storage.class,
            names = {"FLOAT32", "BFLOAT16", "FLOAT16", "INT8"})
    void everyStorageOfMoreThanFourBitsIsNearFloat32(Storage storage) throws IOException {
        float[] float32 = logits(Fixtures.path(FIXTURE), Storage.FLOAT32);
        assertClose("logits", logits(Fixtures.path(FIXTURE), storage), doubles(float32), 0.05);
    }

    private float[] logits(Path model, Storage storage) throws IOException {
        try (ModelDirectory opened = open(model)) {
            Tape tape = new Tape(KernelProvider.best().open(), ARENA);
            tape.reset();
            Decoder decoder = (Decoder) opened.load(storage);
            return decoder.logits(tape, batch.tokens(), batch.starts(), Changes.none())
                    .toArray();
        }
    }

    private static ModelDirectory open(Path model) {
        return ModelDirectory.open(new Configuration(), model.toUri().toString());
    }

    private String weights() {
        return "file:" + directory.resolve("model.safetensors");
    }

    private static void refuses(Path model, String message) {
        assertThatThrownBy(() -> open(model)).isInstanceOf(InvalidInput.class).hasMessage(message);
    }
}
