package org.loradash.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.loradash.Differences.assertClose;
import static org.loradash.Differences.normal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.model.Target;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.TensorFile;

class PeftAdapterTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long SEED = 5;
    private static final String QUERY_A = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight";

    private final FileSystem files = Fixtures.localFiles();

    @TempDir
    Path directory;

    @Test
    void whatWasWrittenIsReadAgain() {
        // An adapter of scale 1 is written as it is.
        Adapter adapter = new Adapter("lora", 2, 1, Adapters.lora().targets(), Map.of());
        float[] parameters = normal(1, 1, adapter.parameters(), 1).toArray();
        write(adapter, parameters);
        assertThat(read(adapter)).containsExactly(parameters);
    }

    @Test
    void theExportedProductIsTheWholeChange() throws IOException {
        Adapter adapter = Adapters.dash();
        float[] parameters = normal(1, 1, adapter.parameters(), 1).toArray();
        write(adapter, parameters);

        JsonNode config = Fixtures.json(directory.resolve("adapter_config.json"));
        assertThat(config.get("r").asInt()).isEqualTo(5);
        assertThat(config.get("lora_alpha").asDouble()).as("scale 1").isEqualTo(5);
        assertThat(config.get("peft_type").asText()).isEqualTo("LORA");
        assertThat(config.get("base_model_name_or_path").asText()).isEqualTo("a/model");
        assertThat(JSON.convertValue(config.get("target_modules"), String[].class))
                .containsExactly("q_proj", "down_proj");
        try (TensorFile weights = TensorFile.open(files, file("adapter_model.safetensors"))) {
            assertThat(weights.tensors()).hasSize(6);
            for (Target target : adapter.targets()) {
                String prefix = "base_model.model." + target.name();
                double[] product = Products.product(
                        weights.readFloats(prefix + ".lora_B.weight"),
                        weights.readFloats(prefix + ".lora_A.weight"),
                        target.outputs(),
                        5,
                        target.inputs());
                assertClose(
                        target.name(), Products.floats(product), Products.change(adapter, target, parameters), 1e-5);
            }
        }
    }

    @Test
    void readsAnAdapterOfPeft() {
        Adapter adapter = Adapters.lora();
        Map<String, NamedTensor> tensors =
                tensors(adapter, normal(1, 1, adapter.parameters(), 1).toArray());
        writeFiles("{}", tensors);
        assertThat(read(adapter))
                .containsExactly(normal(1, 1, adapter.parameters(), 1).toArray());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            textBlock =
                    """
            {"r": 4} | r of model.layers.0.self_attn.q_proj: 4 (must be 2, as adapter.rank says)
            {"r": null} | r: null (must be a positive integer)
            {"r": "2.0"} | r: "2.0" (must be a positive integer)
            {"lora_alpha": 4} | lora_alpha of model.layers.0.self_attn.q_proj: 4.0 (must be 3.0, as adapter.alpha says)
            {"lora_alpha": "much"} | lora_alpha: "much" (must be a number)
            {"lora_alpha": "NaN"} | lora_alpha: "NaN" (must be a number)
            {"rank_pattern": {"q_proj": 8}} | r of model.layers.0.self_attn.q_proj: 8 (must be at most 2, as adapter.rank says)
            {"rank_pattern": {"q_proj": 0}} | rank_pattern: q_proj: 0 (must be a positive integer)
            {"peft_type": "IA3"} | peft_type: "IA3" (must be LORA)
            {"bias": "all"} | bias: all (must be none: only plain LoRA)
            {"use_dora": true} | use_dora: true (must be absent or false: only plain LoRA)
            {"use_rslora": "yes"} | use_rslora: "yes" (must be true or false)
            {"fan_in_fan_out": 1} | fan_in_fan_out: 1 (must be true or false)
            """)
    void refusesAConfigThatDoesNotFit(String change, String message) {
        writeFiles(change, tensors(Adapters.lora(), new float[68]));
        refuses(file("adapter_config.json") + ": " + message);
    }

    @Test
    void doesNotGoWhereTheConfigSaysThatItsModelIs() {
        writeFiles(
                "{\"base_model_name_or_path\": \"nowhere://host/../../etc\"}", tensors(Adapters.lora(), new float[68]));
        assertThat(read(Adapters.lora())).hasSize(68);
    }

    @Test
    void refusesAConfigWithoutARank() throws IOException {
        Files.writeString(directory.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\"}");
        refuses(file("adapter_config.json") + ": r: absent (must be a positive integer)");
    }

    @Test
    void refusesAConfigWithoutAnAlpha() throws IOException {
        Files.writeString(directory.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", \"r\": 2}");
        refuses(file("adapter_config.json") + ": lora_alpha: absent (must be a number)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null"})
    void refusesAConfigThatIsNoObject(String text) throws IOException {
        Files.writeString(directory.resolve("adapter_config.json"), text);
        refuses(file("adapter_config.json") + ": not a JSON object (must be one)");
    }

    @Test
    void refusesAConfigThatSaysNothing() throws IOException {
        Files.writeString(directory.resolve("adapter_config.json"), "{}");
        refuses(file("adapter_config.json") + ": peft_type: absent (must be LORA)");
    }

    /** The run's scale is 3 / 2; B takes the difference, so that scale x B A stays what it is. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            textBlock =
                    """
            {"use_rslora": true, "fan_in_fan_out": true} | 1.4142135623730951 | 1.4142135623730951
            {"alpha_pattern": {"self_attn.q_proj": 8, ".*down_proj": 6}} | 2.6666666666666665 | 2
            {"lora_alpha": 6, "alpha_pattern": {".*down_proj": 3}} | 2 | 1
            """)
    void takesTheScaleOfEachLayerIntoB(String change, double ofQuery, double ofDown) {
        Adapter adapter = Adapters.lora();
        float[] given = normal(1, 1, adapter.parameters(), 1).toArray();
        writeFiles(change, tensors(adapter, given));
        assertThat(read(adapter)).containsExactly(scaled(adapter, given, ofQuery, ofDown));
    }

    /** The rank that is missing begins as LoRA does, so that the change is that of the adapter. */
    @Test
    void addsToALayerOfLessRankWhatBeginsAtNothing() {
        Adapter adapter = Adapters.lora();
        Adapter lesser = new Adapter("lora", 1, 1.5, adapter.targets(), Map.of());
        float[] given = normal(1, 1, lesser.parameters(), 1).toArray();
        writeFiles("{\"r\": 1, \"alpha_pattern\": {\"q_proj\": 1.5, \"down_proj\": 1.5}}", tensors(lesser, given));
        float[] started = read(adapter);
        float[] fresh = adapter.start(SEED);
        for (int i = 0; i < adapter.targets().size(); i++) {
            Target target = adapter.targets().get(i);
            int from = adapter.factorRanges().get(i).from();
            int givenFrom = lesser.factorRanges().get(i).from();
            for (int j = 0; j < target.inputs(); j++) {
                assertThat(started[from + j]).isEqualTo(given[givenFrom + j]);
                assertThat(started[from + target.inputs() + j]).isEqualTo(fresh[from + target.inputs() + j]);
            }
            for (int j = 0; j < target.outputs(); j++) {
                int b = from + 2 * target.inputs() + 2 * j;
                assertThat(started[b]).isEqualTo(given[givenFrom + target.inputs() + j]);
                assertThat(started[b + 1]).isZero();
            }
        }
    }

    /** As layers_to_transform says: a run that adapts more layers of a kind has the rest begin at nothing. */
    @Test
    void beginsALayerThatTheAdapterLeavesOutAtNothing() {
        Adapter adapter = Adapters.lora();
        Adapter first = new Adapter("lora", 2, 1.5, List.of(Adapters.QUERY, Adapters.DOWN), Map.of());
        float[] given = normal(1, 1, first.parameters(), 1).toArray();
        String targets = "\"target_modules\": [\"q_proj\", \"down_proj\"]";
        writeFiles("{" + targets + ", \"layers_to_transform\": [0]}", tensors(first, given));
        float[] started = read(adapter);
        assertThat(started).startsWith(given);
        assertThat(java.util.Arrays.copyOfRange(started, given.length, started.length))
                .containsExactly(java.util.Arrays.copyOfRange(adapter.start(SEED), given.length, started.length));

        writeFiles("{" + targets + "}", tensors(first, given));
        assertThatThrownBy(() -> read(adapter))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("no tensor base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight");
    }

    @Test
    void readsTheOlderFileWhereThereIsNoOther() throws IOException {
        Files.copy(Fixtures.path("peft/older/adapter_config.json"), directory.resolve("adapter_config.json"));
        Files.copy(Fixtures.path("peft/older/adapter_model.bin"), directory.resolve("adapter_model.bin"));
        Adapter query = new Adapter("lora", 2, 1.5, List.of(Adapters.QUERY), Map.of());
        float[] counted = new float[query.parameters()];
        for (int i = 0; i < counted.length; i++) {
            counted[i] = i;
        }
        assertThat(read(query)).containsExactly(counted);
    }

    @Test
    void refusesAScaleThatBCannotTake() {
        Adapter adapter = Adapters.lora();
        writeFiles(
                "{\"alpha_pattern\": {\"q_proj\": 1e300}}",
                tensors(adapter, normal(1, 1, adapter.parameters(), 1).toArray()));
        refuses(file("")
                + ": scale of model.layers.0.self_attn.q_proj: 5.0E299 (must be a number by which B stays finite)");
    }

    @Test
    void refusesFactorsThatAreNotFinite() {
        float[] parameters = new float[68];
        parameters[3] = Float.NaN;
        writeFiles("{}", tensors(Adapters.lora(), parameters));
        refuses(file("adapter_model.safetensors") + ": " + QUERY_A
                + "[0, 3]: NaN (must be a finite number that float32 can hold)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"r\": 2", "no JSON", "\u0000"})
    void refusesAConfigThatIsNotJson(String text) throws IOException {
        Files.writeString(directory.resolve("adapter_config.json"), text);
        assertThatThrownBy(() -> read(Adapters.lora()))
                .isInstanceOf(InvalidInput.class)
                .message()
                .startsWith(file("adapter_config.json") + ": ")
                .endsWith(" (must be a JSON object)")
                .doesNotContain("\n");
    }

    @Test
    void refusesAConfigThatIsTooLong() throws IOException {
        Files.write(directory.resolve("adapter_config.json"), new byte[(1 << 20) + 1]);
        refuses(file("adapter_config.json") + ": 1048577 bytes (must be at most 1048576)");
    }

    @Test
    void refusesADirectoryThatIsNotThere() {
        assertThatThrownBy(() -> PeftStart.read(files, file("absent"), Adapters.lora(), SEED))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("adapter.start-from: " + file("absent")
                        + " (must be a PEFT adapter directory with adapter_config.json)");
    }

    @Test
    void refusesADirectoryWithoutWeights() throws IOException {
        writeConfig("{}");
        assertThatThrownBy(() -> read(Adapters.lora()))
                .isInstanceOf(InvalidInput.class)
                .message()
                .startsWith(file("adapter_model.safetensors").toString())
                .doesNotContain("\n");
    }

    @Test
    void refusesATensorOfAnotherShape() {
        Map<String, NamedTensor> tensors = tensors(Adapters.lora(), new float[68]);
        tensors.put(QUERY_A, NamedTensor.of(QUERY_A, new float[20], 4, 5));
        writeFiles("{}", tensors);
        refuses(file("adapter_model.safetensors") + ": " + QUERY_A
                + ": shape [4, 5] (must be [2, 5], for adapter.rank and the model's shape)");
    }

    @Test
    void refusesATensorOfIntegers() {
        Map<String, NamedTensor> tensors = tensors(Adapters.lora(), new float[68]);
        tensors.put(QUERY_A, NamedTensor.of(QUERY_A, new long[10], 2, 5));
        writeFiles("{}", tensors);
        assertThatThrownBy(() -> read(Adapters.lora()))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining(QUERY_A)
                .hasMessageContaining("must be F64, F32, F16 or BF16");
    }

    @Test
    void refusesAMissingTensor() {
        Map<String, NamedTensor> tensors = tensors(Adapters.lora(), new float[68]);
        tensors.remove(QUERY_A);
        writeFiles("{}", tensors);
        assertThatThrownBy(() -> read(Adapters.lora()))
                .isInstanceOf(InvalidInput.class)
                .message()
                .startsWith(file("adapter_model.safetensors") + ": ")
                .contains(QUERY_A)
                .doesNotContain("\n");
    }

    @Test
    void refusesATensorThatWouldBeLost() {
        Map<String, NamedTensor> tensors = tensors(Adapters.lora(), new float[68]);
        String extra = QUERY_A.replace("layers.0", "layers.9");
        tensors.put(extra, NamedTensor.of(extra, new float[10], 2, 5));
        String itsOther = extra.replace("lora_A", "lora_B");
        tensors.put(itsOther, NamedTensor.of(itsOther, new float[8], 4, 2));
        writeFiles("{}", tensors);
        refuses(file("adapter_model.safetensors") + ": tensor " + extra
                + " (must belong to one of adapter.targets, or it would be lost)");
    }

    /** Parameters with B of each kind times what its scale is more than the run's. */
    private static float[] scaled(Adapter adapter, float[] parameters, double ofQuery, double ofDown) {
        float[] scaled = parameters.clone();
        for (int i = 0; i < adapter.targets().size(); i++) {
            Adapter.Range range = adapter.factorRanges().get(i);
            int ofB = range.from() + adapter.rank() * adapter.targets().get(i).inputs();
            for (int j = ofB; j < range.to(); j++) {
                scaled[j] = (float)
                        (parameters[j] * (adapter.targets().get(i).kind().equals("q_proj") ? ofQuery : ofDown));
            }
        }
        return scaled;
    }

    private void write(Adapter adapter, float[] parameters) {
        ModuleChanges changes = ModuleChanges.of(
                adapter,
                Tensor.of(1, parameters.length, parameters),
                KernelProvider.best().open());
        PeftAdapter.write(
                files,
                new org.apache.hadoop.fs.Path(directory.toUri()),
                changes,
                new PeftAdapter.Base(
                        "a/model", adapter.targets(), List.of(), Optional.of("CAUSAL_LM"), Optional.empty()));
    }

    private float[] read(Adapter adapter) {
        return PeftStart.read(files, new org.apache.hadoop.fs.Path(directory.toUri()), adapter, SEED)
                .factors();
    }

    private void refuses(String message) {
        assertThatThrownBy(() -> read(Adapters.lora()))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(message);
    }

    private org.apache.hadoop.fs.Path file(String name) {
        return new org.apache.hadoop.fs.Path(directory.resolve(name).toUri());
    }

    private void writeFiles(String change, Map<String, NamedTensor> tensors) {
        try {
            writeConfig(change);
            try (OutputStream out = Files.newOutputStream(directory.resolve("adapter_model.safetensors"))) {
                SafetensorsWriter.write(out, Map.of(), List.copyOf(tensors.values()));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void writeConfig(String change) throws IOException {
        ObjectNode config = (ObjectNode) JSON.readTree("{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 3}");
        config.setAll((ObjectNode) JSON.readTree(change));
        Files.write(directory.resolve("adapter_config.json"), JSON.writeValueAsBytes(config));
    }

    /** The flat parameters of a LoRA adapter under PEFT's names. */
    private static Map<String, NamedTensor> tensors(Adapter adapter, float[] parameters) {
        Map<String, NamedTensor> tensors = new TreeMap<>();
        int from = 0;
        for (Target target : adapter.targets()) {
            from = put(tensors, target, "lora_A", parameters, from, adapter.rank(), target.inputs());
            from = put(tensors, target, "lora_B", parameters, from, target.outputs(), adapter.rank());
        }
        return tensors;
    }

    private static int put(
            Map<String, NamedTensor> tensors,
            Target target,
            String factor,
            float[] parameters,
            int from,
            int rows,
            int columns) {
        String name = "base_model.model." + target.name() + "." + factor + ".weight";
        int to = from + rows * columns;
        tensors.put(name, NamedTensor.of(name, java.util.Arrays.copyOfRange(parameters, from, to), rows, columns));
        return to;
    }
}
