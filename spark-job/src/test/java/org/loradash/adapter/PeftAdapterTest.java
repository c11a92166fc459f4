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
            {"alpha_pattern": {"q_proj": 8}} | lora_alpha of model.layers.0.self_attn.q_proj: 8.0 (must be 3.0, as adapter.alpha says)
            {"rank_pattern": {"q_proj": 8}} | r of model.layers.0.self_attn.q_proj: 8 (must be 2, as adapter.rank says)
            {"peft_type": "IA3"} | peft_type: "IA3" (must be LORA)
            {"bias": "all"} | bias: all (must be none: only plain LoRA)
            {"use_dora": true} | use_dora: true (must be absent or false: only plain LoRA)
            {"use_rslora": true} | use_rslora: true (must be absent or false: only plain LoRA)
            {"fan_in_fan_out": true} | fan_in_fan_out: true (must be absent or false: only plain LoRA)
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
        assertThatThrownBy(() -> PeftAdapter.read(files, file("absent"), Adapters.lora()))
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

    private void write(Adapter adapter, float[] parameters) {
        ModuleChanges changes = ModuleChanges.of(
                adapter,
                Tensor.of(1, parameters.length, parameters),
                KernelProvider.best().open());
        PeftAdapter.write(
                files,
                new org.apache.hadoop.fs.Path(directory.toUri()),
                changes,
                new PeftAdapter.Base("a/model", adapter.targets(), List.of(), Optional.of("CAUSAL_LM")));
    }

    private float[] read(Adapter adapter) {
        return PeftAdapter.read(files, new org.apache.hadoop.fs.Path(directory.toUri()), adapter)
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
