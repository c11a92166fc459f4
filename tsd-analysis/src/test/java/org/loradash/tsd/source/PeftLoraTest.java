package org.loradash.tsd.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.tsd.Fixtures;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.direction.WeightUpdate;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;

class PeftLoraTest {
    private static final String V = "base_model.model.model.layers.0.self_attn.v_proj";
    private static final Configuration HADOOP = new Configuration();

    @TempDir
    Path directory;

    @BeforeEach
    void plain() throws IOException {
        config("\"r\": 2, \"lora_alpha\": 8");
        weights(factors(V, 16, 40, 2));
    }

    @Test
    void thePatternThatMatchesFirstDecidesRankAndScale() {
        try (PeftLora adapter = PeftLora.open(Fixtures.path("first").toString(), HADOOP);
                BaseModel base = BaseModel.open("base", Fixtures.path("base").toString(), HADOOP)) {
            adapter.check(base, base.targets(List.of()));
            assertThat(scale(adapter, base, "0.self_attn.q_proj")).isEqualTo(8 / 4.0);
            assertThat(scale(adapter, base, "1.self_attn.q_proj")).isCloseTo(8 / 3.0, within(1e-12));
            assertThat(scale(adapter, base, "1.mlp.up_proj")).isEqualTo(5.5 / 4);
        }
    }

    @Test
    void aPatternMustBeginAtADot() throws IOException {
        config("\"r\": 2, \"lora_alpha\": 8, \"alpha_pattern\": {\"_proj\": 1, \"(q|v)_proj\": 6, \"v_proj\": 7}");
        try (PeftLora adapter = PeftLora.open(directory.toString(), HADOOP);
                BaseModel base = BaseModel.open("base", Fixtures.path("base").toString(), HADOOP)) {
            assertThat(scale(adapter, base, "0.self_attn.v_proj")).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "use_dora": true                         | use_dora: true (must be absent or false: only plain LoRA)
                    "use_rslora": "x"                        | use_rslora: "x" (must be true or false)
                    "megatron_config": {"a": 1}              | megatron_config: {"a":1} (must be absent or false: only plain LoRA)
                    "trainable_token_indices": [3]           | trainable_token_indices: [3] (must be absent or false: only plain LoRA)
                    "target_parameters": ["x.weight"]        | target_parameters: ["x.weight"] (must be absent or false: only plain LoRA)
                    "modules_to_save": [7]                   | modules_to_save: [7] (must be a list of names of modules)
                    "layer_replication": [[0, 2]]            | layer_replication: [[0,2]] (must be absent or false: only plain LoRA)
                    "bias": "all"                            | bias: all (must be none: only plain LoRA)
                    "init_lora_weights": "pissa_niter_4"     | init_lora_weights: "pissa_niter_4" (must not take a part out of W: convert the adapter to plain LoRA when saving it)
                    "rank_pattern": {"v_proj": 0}            | rank_pattern: v_proj: 0 (must be a positive integer)
                    "alpha_pattern": {"v_(": 1}              | alpha_pattern: v_( (must be the regular expression of module names)
                    """)
    void whatIsNotPlainLoraIsRefusedByName(String entry, String message) throws IOException {
        config("\"r\": 2, \"lora_alpha\": 8, " + entry.replace('\'', '"'));
        assertThatThrownBy(() -> PeftLora.open(directory.toString(), HADOOP))
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith("adapter_config.json: " + message);
    }

    @Test
    void whatIsAbsentOrFalseIsNotRefused() throws IOException {
        config("\"r\": 2, \"lora_alpha\": 8, \"use_dora\": false, \"modules_to_save\": null, \"loftq_config\": {},"
                + " \"layer_replication\": null, \"init_lora_weights\": \"gaussian\", \"bias\": \"none\"");
        assertThatCode(() -> PeftLora.open(directory.toString(), HADOOP).close())
                .doesNotThrowAnyException();
    }

    @Test
    void anotherKindOfAdapterIsRefused() throws IOException {
        Files.writeString(directory.resolve("adapter_config.json"), "{\"peft_type\": \"LOHA\"}");
        assertRefused("adapter_config.json: peft_type: \"LOHA\" (must be LORA)");
        Files.writeString(directory.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", \"lora_alpha\": 1}");
        assertRefused("adapter_config.json: r: absent (must be a positive integer)");
        Files.writeString(directory.resolve("adapter_config.json"), "[1]");
        assertRefused("adapter_config.json: not a JSON object (must be one)");
    }

    @Test
    void tensorsThatAreNotFactorsAreRefused() throws IOException {
        weights(List.of(NamedTensor.of(V + ".lora_magnitude_vector", new float[16], 16)));
        assertRefused("tensor: " + V + ".lora_magnitude_vector F32 [16] (must be a matrix"
                + " base_model.model.MODULE.lora_A.weight or .lora_B.weight: only plain LoRA)");
        weights(factors(V, 16, 40, 2).subList(0, 1));
        assertThatThrownBy(() -> PeftLora.open(directory.toString(), HADOOP))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("no tensor " + V + ".lora_B.weight");
    }

    /** As PEFT, which would leave the factors out, or fail. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "target_modules": ["q_proj"]                               | must be of a layer that target_modules of adapter_config.json names
                    "target_modules": ["proj"]                                 | must be of a layer that target_modules of adapter_config.json names
                    "target_modules": ".*k_proj"                               | must be of a layer that target_modules of adapter_config.json names
                    "exclude_modules": ["v_proj"]                              | must be of a layer that target_modules of adapter_config.json names
                    "target_modules": ["v_proj"], "layers_to_transform": [1]   | must be of a layer that target_modules of adapter_config.json names
                    "modules_to_save": ["v_proj"]                              | must be absent, as modules_to_save of adapter_config.json names the layer
                    "modules_to_save": ["lm_head"]                             | lm_head (must have its tensors in adapter_model.safetensors; there are none)
                    "target_modules": 7                                        | target_modules: 7 (must be a name or a list of names)
                    "layers_to_transform": "x", "target_modules": ["v_proj"]   | layers_to_transform: "x" (must be a layer's number or a list of them)
                    """)
    void tensorsAndConfigMustAgree(String entry, String message) throws IOException {
        config("\"r\": 2, \"lora_alpha\": 8, " + entry);
        assertThatThrownBy(() -> PeftLora.open(directory.toString(), HADOOP))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"target_modules\": [\"self_attn.v_proj\"]",
                "\"target_modules\": \".*\\\\.(q|v)_proj\"",
                "\"target_modules\": \"all-linear\"",
                "\"target_modules\": \"(?P<front>.*)\\\\.(?P<kind>q|v)_proj\"",
                "\"target_modules\": [\"model.layers.0.self_attn.v_proj\"], \"layers_to_transform\": [1]",
                "\"target_modules\": [\"v_proj\"], \"layers_to_transform\": 0",
                "\"target_modules\": [\"v_proj\"], \"layers_to_transform\": [0], \"layers_pattern\": \"layers\""
            })
    void factorsOfLayersThatTheConfigNamesAreRead(String entry) throws IOException {
        config("\"r\": 2, \"lora_alpha\": 8, " + entry);
        assertThatCode(() -> PeftLora.open(directory.toString(), HADOOP).close())
                .doesNotThrowAnyException();
    }

    @Test
    void aLayerThatTheConfigNamesMustHaveFactors() throws IOException {
        config("\"r\": 2, \"lora_alpha\": 8, \"target_modules\": [\"v_proj\"]");
        try (BaseModel base = BaseModel.open("base", Fixtures.path("base").toString(), HADOOP)) {
            assertUnfit(
                    base,
                    "no factors of model.layers.1.self_attn.v_proj (must be there, as target_modules of"
                            + " adapter_config.json names it)");
        }
    }

    /** PEFT's endings are of letters, not of whole words. */
    @Test
    void aModuleIsTrainedWholeWhereItsNameEndsWithOneThatIsSaved() throws IOException {
        config("\"r\": 2, \"lora_alpha\": 8, \"modules_to_save\": [\"norm\"]");
        String norm = "model.layers.0.input_layernorm.weight";
        weights(List.of(NamedTensor.of("base_model.model." + norm, new float[40], 40)));
        try (PeftLora adapter = PeftLora.open(directory.toString(), HADOOP)) {
            assertThat(adapter.whole()).containsOnlyKeys(norm);
        }
    }

    /** PEFT adds both names to the config of a classifier, which has one of them. */
    @Test
    void aClassifierNeedNotHaveEveryUsualHead() throws IOException {
        String saved = "\"r\": 2, \"lora_alpha\": 8, \"modules_to_save\": [\"classifier\", \"score\"]";
        weights(List.of(NamedTensor.of("base_model.model.classifier.bias", new float[2], 2)));
        config(saved + ", \"task_type\": \"SEQ_CLS\"");
        try (PeftLora adapter = PeftLora.open(directory.toString(), HADOOP)) {
            assertThat(adapter.whole()).containsOnlyKeys("classifier.bias");
        }
        config(saved + ", \"task_type\": \"CAUSAL_LM\"");
        assertThatThrownBy(() -> PeftLora.open(directory.toString(), HADOOP))
                .hasMessageEndingWith("score (must have its tensors in adapter_model.safetensors; there are none)");
    }

    @Test
    void aModuleTrainedWholeIsADenseChange() throws IOException {
        config("\"r\": 2, \"lora_alpha\": 8, \"modules_to_save\": [\"q_proj\"]");
        String k = "model.layers.0.self_attn.q_proj";
        try (BaseModel base = BaseModel.open("base", Fixtures.path("base").toString(), HADOOP)) {
            Target target = base.targets(List.of(k)).get(0);
            float[] weight = base.weight(target);
            float[] trained = weight.clone();
            trained[3] += 2;
            weights(List.of(
                    NamedTensor.of("base_model.model." + k + ".weight", trained, target.rows(), target.columns())));
            try (PeftLora adapter = PeftLora.open(directory.toString(), HADOOP)) {
                adapter.check(base, List.of(target));
                assertThat(adapter.changes(target)).isTrue();
                float[] change = ((WeightUpdate.Dense) adapter.change(target, weight)).matrix();
                assertThat(change[3]).isCloseTo(2, within(1e-6f));
                change[3] = 0;
                assertThat(change).containsOnly(0);
            }
            weights(List.of(NamedTensor.of("base_model.model." + k + ".weight", new float[6], 2, 3)));
            assertUnfit(
                    base,
                    "q_proj.weight: shape [2, 3] (must be [%d, %d], as in the base model)"
                            .formatted(target.rows(), target.columns()));
        }
    }

    @Test
    void factorsThatAreNotFiniteAreRefusedByTheirPlace() throws IOException {
        List<NamedTensor> factors = factors(V, 16, 40, 2);
        ((NamedTensor.Floats) factors.get(1)).data()[5] = Float.POSITIVE_INFINITY;
        weights(factors);
        try (BaseModel base = BaseModel.open("base", Fixtures.path("base").toString(), HADOOP)) {
            assertUnfit(
                    base,
                    "adapter_model.safetensors: " + V
                            + ".lora_B.weight[2, 1]: Infinity (must be a finite number that float32 can hold)");
        }
    }

    @Test
    void shapesMustFitRankAndModel() throws IOException {
        try (BaseModel base = BaseModel.open("base", Fixtures.path("base").toString(), HADOOP)) {
            weights(factors(V, 16, 40, 3));
            assertUnfit(
                    base, V + ".lora_A.weight: shape [3, 40] (must be [2, 40], for the config's r and the base model)");
            weights(factors(V, 17, 40, 2));
            assertUnfit(
                    base, V + ".lora_B.weight: shape [17, 2] (must be [16, 2], for the config's r and the base model)");
            weights(factors("base_model.model.model.layers.7.self_attn.v_proj", 16, 40, 2));
            assertUnfit(base, "module model.layers.7.self_attn.v_proj (must be a linear layer of " + base.path() + ")");
        }
    }

    @Test
    void anExpressionWithoutEndIsGivenUp() throws IOException {
        config("\"r\": 2, \"lora_alpha\": 8, \"rank_pattern\": {\"((([a-z_.0-9]+)+)+)+!\": 3}");
        try (PeftLora adapter = PeftLora.open(directory.toString(), HADOOP);
                BaseModel base = BaseModel.open("base", Fixtures.path("base").toString(), HADOOP)) {
            assertThatThrownBy(() -> adapter.check(base, base.targets(List.of())))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessage("adapter_config.json: an expression without end (must match in few steps)");
        }
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> PeftLora.open(directory.toString(), HADOOP))
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith(message);
    }

    private void assertUnfit(BaseModel base, String message) {
        try (PeftLora adapter = PeftLora.open(directory.toString(), HADOOP)) {
            assertThatThrownBy(() -> adapter.check(base, base.targets(List.of())))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageEndingWith(message);
        }
    }

    private static double scale(PeftLora adapter, BaseModel base, String layer) {
        Target target = base.targets(List.of("layers." + layer)).get(0);
        return ((WeightUpdate.LowRank) adapter.change(target, new float[0])).scale();
    }

    private void config(String entries) throws IOException {
        Files.writeString(directory.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", " + entries + "}");
    }

    private static List<NamedTensor> factors(String module, int rows, int columns, int rank) {
        return List.of(
                NamedTensor.of(module + ".lora_A.weight", new float[rank * columns], rank, columns),
                NamedTensor.of(module + ".lora_B.weight", new float[rows * rank], rows, rank));
    }

    private void weights(List<NamedTensor> tensors) throws IOException {
        try (OutputStream out = Files.newOutputStream(directory.resolve("adapter_model.safetensors"))) {
            SafetensorsWriter.write(out, Map.of(), tensors);
        }
    }
}
