package org.loradash.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.model.Target;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsFile;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.WholeFile;

/** Adapters as Hugging Face PEFT keeps them: adapter_config.json and adapter_model.safetensors. */
public final class PeftAdapter {
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PREFIX = "base_model.model.";
    private static final long LARGEST_CONFIG = 1 << 24;

    private PeftAdapter() {}

    /**
     * Writes every target's change as a plain LoRA adapter whose scale is 1: any software that loads PEFT's adapters loads
     * it. Each file appears whole, in place of one that is already there.
     *
     * @param model told in the config as the model that the adapter belongs to
     */
    public static void write(FileSystem files, Path directory, Adapter adapter, Factors changes, String model) {
        int rank = adapter.changeRank(adapter.targets().get(0));
        ObjectMapper json = new ObjectMapper();
        ObjectNode config = json.createObjectNode()
                .put("peft_type", "LORA")
                .put("task_type", "CAUSAL_LM")
                .put("base_model_name_or_path", model)
                .put("r", rank)
                .put("lora_alpha", rank)
                .put("lora_dropout", 0.0)
                .put("bias", "none")
                .put("fan_in_fan_out", false)
                .put("inference_mode", true);
        adapter.targets().stream().map(Target::kind).distinct().forEach(config.putArray("target_modules")::add);
        List<NamedTensor> tensors = new ArrayList<>();
        for (Target target : adapter.targets()) {
            Factors.Pair pair = changes.of(target.name());
            tensors.add(NamedTensor.of(nameOf(target, "lora_A"), pair.a().toArray(), rank, target.inputs()));
            tensors.add(NamedTensor.of(nameOf(target, "lora_B"), pair.b().toArray(), target.outputs(), rank));
        }
        try {
            String text = json.writerWithDefaultPrettyPrinter().writeValueAsString(config);
            WholeFile.write(
                    files,
                    new Path(directory, WEIGHTS),
                    out -> SafetensorsWriter.write(out, Map.of("format", "pt"), tensors));
            WholeFile.write(files, new Path(directory, CONFIG), text);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(directory.toString(), impossible);
        }
    }

    /**
     * The flat parameters of a LoRA adapter that PEFT or this project wrote, to start from.
     *
     * @throws InvalidInput where the adapter is not there, damaged, or does not fit rank, scale and targets
     */
    public static float[] read(FileSystem files, Path directory, Adapter adapter) {
        try {
            checkConfig(files, new Path(directory, CONFIG), adapter);
            try (SafetensorsFile weights = SafetensorsFile.open(files, new Path(directory, WEIGHTS))) {
                return read(weights, adapter);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory.toString(), e);
        }
    }

    private static float[] read(SafetensorsFile weights, Adapter adapter) {
        float[] parameters = new float[adapter.factorParameters()];
        List<Adapter.Range> ranges = adapter.factorRanges();
        Set<String> expected = new HashSet<>();
        for (int i = 0; i < adapter.targets().size(); i++) {
            Target target = adapter.targets().get(i);
            int from = ranges.get(i).from();
            int ofA = adapter.rank() * target.inputs();
            copy(weights, nameOf(target, "lora_A"), parameters, from, adapter.rank(), target.inputs());
            copy(weights, nameOf(target, "lora_B"), parameters, from + ofA, target.outputs(), adapter.rank());
            expected.add(nameOf(target, "lora_A"));
            expected.add(nameOf(target, "lora_B"));
        }
        for (String name : weights.tensors().keySet()) {
            if (!expected.contains(name)) {
                throw InvalidInput.of(
                        weights.path().toString(),
                        "tensor " + name,
                        "must belong to one of adapter.targets, or it would be lost");
            }
        }
        return parameters;
    }

    private static void copy(SafetensorsFile weights, String name, float[] to, int from, int rows, int columns) {
        long[] shape = weights.tensor(name).shape();
        if (!Arrays.equals(shape, new long[] {rows, columns})) {
            throw InvalidInput.of(
                    weights.path() + ": " + name,
                    "shape " + Arrays.toString(shape),
                    "must be [%d, %d], for adapter.rank and the model's shape".formatted(rows, columns));
        }
        System.arraycopy(weights.readFloats(name), 0, to, from, rows * columns);
    }

    private static void checkConfig(FileSystem files, Path file, Adapter adapter) throws IOException {
        JsonNode config;
        try (FSDataInputStream in = files.open(file)) {
            long size = files.getFileStatus(file).getLen();
            if (size > LARGEST_CONFIG) {
                throw InvalidInput.of(file.toString(), size + " bytes", "must be at most " + LARGEST_CONFIG);
            }
            config = new ObjectMapper().readTree(in.readAllBytes());
        } catch (FileNotFoundException e) {
            throw InvalidInput.of(
                    "adapter.start-from", file.getParent(), "must be a PEFT adapter directory with " + CONFIG);
        } catch (JsonProcessingException e) {
            throw new InvalidInput(file + ": not valid JSON: " + e.getOriginalMessage(), e);
        }
        expect(file, "peft_type", config.path("peft_type").asText(), "LORA");
        expect(file, "r", config.path("r").asText(), String.valueOf(adapter.rank()));
        for (String key : List.of("use_dora", "use_rslora", "fan_in_fan_out")) {
            if (config.path(key).asBoolean(false)) {
                throw InvalidInput.of(file + ": " + key, true, "only false is supported");
            }
        }
        if (!config.path("alpha_pattern").isEmpty()) {
            throw InvalidInput.of(
                    file + ": alpha_pattern",
                    config.path("alpha_pattern"),
                    "one lora_alpha for all targets is supported");
        }
        double alpha = config.path("lora_alpha").asDouble(Double.NaN);
        if (!(Math.abs(alpha - adapter.scale() * adapter.rank()) <= 1e-9)) {
            throw InvalidInput.of(
                    file + ": lora_alpha",
                    config.path("lora_alpha").asText("absent"),
                    "must be " + adapter.scale() * adapter.rank() + ", which adapter.alpha says");
        }
    }

    private static void expect(Path file, String key, String found, String expected) {
        if (!found.equals(expected)) {
            throw InvalidInput.of(file + ": " + key, found.isEmpty() ? "absent" : found, "must be " + expected);
        }
    }

    private static String nameOf(Target target, String factor) {
        return PREFIX + target.name() + "." + factor + ".weight";
    }
}
