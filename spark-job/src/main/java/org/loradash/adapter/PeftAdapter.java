package org.loradash.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.model.Target;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.Secrets;
import org.loradash.tsd.io.Message;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsFile;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.WholeFile;
import org.loradash.tsd.source.PeftConfig;

/** Adapters as Hugging Face PEFT keeps them: adapter_config.json and adapter_model.safetensors. */
public final class PeftAdapter {
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PREFIX = "base_model.model.";

    private PeftAdapter() {}

    /**
     * Writes every target's change as a plain LoRA adapter whose scale is 1: any software that loads PEFT's adapters loads
     * it. Each file appears whole, in place of one that is already there.
     *
     * @param model told in the config as the model that the adapter belongs to
     */
    public static void write(FileSystem files, Path directory, Adapter adapter, ChangeFactors changes, String model) {
        int rank = adapter.changeRank(adapter.targets().get(0));
        ObjectMapper json = new ObjectMapper();
        ObjectNode config = json.createObjectNode()
                .put("peft_type", "LORA")
                .put("task_type", "CAUSAL_LM")
                .put("base_model_name_or_path", Secrets.hidden(model))
                .put("r", rank)
                .put("lora_alpha", rank)
                .put("lora_dropout", 0.0)
                .put("bias", "none")
                .put("fan_in_fan_out", false)
                .put("inference_mode", true);
        adapter.targets().stream().map(Target::kind).distinct().forEach(config.putArray("target_modules")::add);
        List<NamedTensor> tensors = new ArrayList<>();
        for (Target target : adapter.targets()) {
            ChangeFactors.Pair pair = changes.of(target.name());
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
            checkConfig(files, directory, adapter);
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
                        "tensor " + Message.oneLine(name),
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
        float[] values = weights.readFloats(name);
        System.arraycopy(values, 0, to, from, rows * columns);
    }

    /** One rank and one scale for all targets, as adapter.rank and adapter.alpha say. */
    private static void checkConfig(FileSystem files, Path directory, Adapter adapter) throws IOException {
        Path file = new Path(directory, CONFIG);
        if (!files.exists(file)) {
            throw InvalidInput.of("adapter.start-from", directory, "must be a PEFT adapter directory with " + CONFIG);
        }
        PeftConfig config = PeftConfig.read(files, file);
        for (Target target : adapter.targets()) {
            int rank = config.rankOf(target.name());
            if (rank != adapter.rank()) {
                throw InvalidInput.of(
                        file + ": r of " + target.name(), rank, "must be " + adapter.rank() + ", as adapter.rank says");
            }
            double alpha = config.scaleOf(target.name()) * rank;
            double expected = adapter.scale() * adapter.rank();
            if (!(Math.abs(alpha - expected) <= 1e-9 * expected)) {
                throw InvalidInput.of(
                        file + ": lora_alpha of " + target.name(),
                        alpha,
                        "must be " + expected + ", as adapter.alpha says");
            }
        }
    }

    private static String nameOf(Target target, String factor) {
        return PREFIX + target.name() + "." + factor + ".weight";
    }
}
