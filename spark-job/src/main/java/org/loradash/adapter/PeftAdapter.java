package org.loradash.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.autograd.Parameter;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.Tensor;
import org.loradash.model.AdapterFile;
import org.loradash.model.Architectures;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Shape;
import org.loradash.model.Target;
import org.loradash.model.TargetNames;
import org.loradash.model.WeightFiles;
import org.loradash.model.WholeModule;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.Secrets;
import org.loradash.tsd.TargetName;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.Message;
import org.loradash.tsd.io.ModelConfig;
import org.loradash.tsd.io.ModelPath;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.WholeFile;
import org.loradash.tsd.source.PeftLora;

/** Adapters as Hugging Face PEFT keeps them: adapter_config.json and adapter_model.safetensors. */
public final class PeftAdapter {
    private PeftAdapter() {}

    /**
     * What an adapter's config tells of the model that the adapter belongs to.
     *
     * @param name of the model
     * @param targets all of its linear layers that can be adapted
     * @param modules those that can be trained whole
     * @param taskType what PEFT calls the task; nothing where PEFT knows none
     * @param file what the adapter has beside PEFT's files
     */
    public record Base(
            String name,
            List<Target> targets,
            List<WholeModule> modules,
            Optional<String> taskType,
            Optional<AdapterFile> file) {
        static Base of(ModelDirectory model, Optional<String> taskType) {
            Shape shape = model.shape();
            return new Base(model.name(), model.targets(), shape.modules(), taskType, shape.adapterFile());
        }
    }

    /**
     * Writes changes as a plain LoRA adapter whose scale is 1, with the modules trained whole beside it: any software that
     * loads PEFT's adapters loads it. Each file appears whole, in place of one that is already there.
     *
     * @param changes low-rank ones of one rank, and tensors trained whole; no dense ones
     * @throws IllegalArgumentException where a change is dense, or ranks differ
     */
    public static void write(FileSystem files, Path directory, ModuleChanges changes, Base base) {
        ObjectNode config = config(changes, base);
        Map<String, long[]> shapes = shapesOfWhole(base.modules());
        List<NamedTensor> tensors = factors(PeftLora.PREFIX, changes);
        changes.whole()
                .forEach((name, whole) -> tensors.add(
                        NamedTensor.of(PeftLora.PREFIX + name, whole.value().toArray(), shapes.get(name))));
        try {
            String text = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(config);
            write(files, new Path(directory, PeftLora.WEIGHTS), tensors);
            base.file()
                    .ifPresent(file -> write(files, new Path(directory, file.name()), factors(file.prefix(), changes)));
            WholeFile.write(files, new Path(directory, PeftLora.CONFIG), text);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(directory.toString(), impossible);
        }
    }

    private static ObjectNode config(ModuleChanges changes, Base base) {
        int[] ranks = changes.lowRank().values().stream()
                .mapToInt(factors -> factors.a().rows())
                .distinct()
                .toArray();
        if (!changes.dense().isEmpty() || ranks.length != 1) {
            throw new IllegalArgumentException("changes: %d dense, of ranks %s (must be low-rank ones, of one rank)"
                    .formatted(changes.dense().size(), Arrays.toString(ranks)));
        }
        ObjectNode config = new ObjectMapper()
                .createObjectNode()
                .put("peft_type", "LORA")
                .put("task_type", base.taskType().orElse(null))
                .put("base_model_name_or_path", Secrets.hidden(base.name()))
                .put("r", ranks[0])
                .put("lora_alpha", ranks[0])
                .put("lora_dropout", 0.0)
                .put("bias", "none")
                .put("fan_in_fan_out", false)
                .put("inference_mode", true);
        ArrayNode modules = config.putArray("target_modules");
        TargetNames.naming(changes.lowRank().keySet(), base.targets()).forEach(modules::add);
        if (!changes.whole().isEmpty()) {
            ArrayNode saved = config.putArray("modules_to_save");
            base.modules().stream()
                    .filter(module -> module.tensors().stream()
                            .anyMatch(tensor -> changes.whole().containsKey(tensor.name())))
                    .forEach(module -> saved.add(module.name()));
        }
        return config;
    }

    private static void write(FileSystem files, Path file, List<NamedTensor> tensors) {
        WholeFile.write(files, file, out -> SafetensorsWriter.write(out, Map.of("format", "pt"), tensors));
    }

    private static List<NamedTensor> factors(String prefix, ModuleChanges changes) {
        List<NamedTensor> tensors = new ArrayList<>();
        changes.lowRank().forEach((module, factors) -> {
            tensors.add(factor(prefix + module + PeftLora.A, factors.a()));
            tensors.add(factor(prefix + module + PeftLora.B, factors.b()));
        });
        return tensors;
    }

    private static NamedTensor factor(String name, Tensor values) {
        return NamedTensor.of(name, values.toArray(), new long[] {values.rows(), values.columns()});
    }

    /**
     * Reads an adapter that PEFT or this project wrote. Ranks and scales may differ from layer to layer.
     *
     * @throws InvalidInput where it is none, no plain LoRA, does not fit the model, or has values that are not finite
     */
    public static ModuleChanges changes(Configuration hadoop, ModelDirectory base, String directory) {
        try (PeftLora adapter = PeftLora.open(directory, hadoop)) {
            check(adapter, base);
            List<Target> changed = base.shape().linears().stream()
                    .filter(target -> adapter.modules().contains(target.name()))
                    .toList();
            ChangeFactors factors =
                    ChangeFactors.allocate(changed, target -> adapter.config().rankOf(target.name()));
            for (Target target : changed) {
                ChangeFactors.Pair pair = factors.of(target.name());
                pair.a().write(adapter.a(target.name()), 0);
                float scale = (float) adapter.config().scaleOf(target.name());
                pair.b().write(scaled(adapter.b(target.name()), scale), 0);
            }
            Map<String, Parameter> whole = new LinkedHashMap<>();
            adapter.whole().forEach((name, tensor) -> whole.put(name, whole(adapter.whole(name), tensor.shape())));
            return new ModuleChanges(factors.changes(), Map.of(), whole);
        }
    }

    /**
     * The base model with the head that an adapter brings: as a config.json beside the adapter says, or as its tensors are.
     *
     * @throws InvalidInput where the adapter is none or the config is of another model
     */
    public static ModelDirectory headed(Configuration hadoop, ModelDirectory base, String directory) {
        FileSystem files = FileSystems.of("SOURCE", directory, hadoop);
        try (PeftLora adapter = PeftLora.open(directory, hadoop)) {
            if (!files.exists(new Path(ModelPath.of("SOURCE", directory, hadoop), ModelConfig.FILE))) {
                return base.as(shape(adapter, base));
            }
            Shape own = Architectures.shape(hadoop, directory);
            own.check(new WeightFiles(base.weights(), Storage.FLOAT32));
            return base.as(own);
        } catch (IOException e) {
            throw new UncheckedIOException(directory, e);
        }
    }

    /** Checks an adapter as {@link #changes} does, without holding it. */
    public static void check(Configuration hadoop, ModelDirectory base, String directory) {
        try (PeftLora adapter = PeftLora.open(directory, hadoop)) {
            check(adapter, base);
        }
    }

    private static Shape shape(PeftLora adapter, ModelDirectory base) {
        Map<String, long[]> whole = new LinkedHashMap<>();
        adapter.whole().forEach((name, tensor) -> whole.put(name, tensor.shape()));
        return base.shape().like(whole);
    }

    private static void check(PeftLora adapter, ModelDirectory base) {
        List<org.loradash.tsd.source.Target> layers = base.shape().linears().stream()
                .map(target -> new org.loradash.tsd.source.Target(
                        new TargetName(target.name()), target.outputs(), target.inputs()))
                .toList();
        adapter.checkFactors(
                layers, "a linear layer of a block, such as " + layers.get(0).name());
        Shape shape = shape(adapter, base);
        Map<String, long[]> shapes = shapesOfWhole(shape.modules());
        adapter.whole().keySet().forEach(name -> {
            if (shapes.isEmpty()) {
                throw InvalidInput.of(
                        adapter.path(),
                        "tensor " + Message.oneLine(name),
                        "must be absent: this model can have no module trained whole");
            }
            if (!shapes.containsKey(name)) {
                throw InvalidInput.of(
                        adapter.path(),
                        "tensor " + Message.oneLine(name),
                        "must be of a module that this model can have trained whole, such as "
                                + shapes.keySet().iterator().next());
            }
            adapter.checkWhole(name, shapes.get(name));
        });
        checkSaved(adapter, shape.modules());
    }

    /** Refuses an adapter that says that a module was trained whole and lacks one of its tensors. */
    static void checkSaved(PeftLora adapter, List<WholeModule> modules) {
        for (WholeModule module : modules) {
            module.tensors().stream()
                    .filter(tensor -> adapter.config().trainsWhole(module.name()))
                    .filter(tensor -> !adapter.whole().containsKey(tensor.name()))
                    .findFirst()
                    .ifPresent(missing -> {
                        throw InvalidInput.of(
                                adapter.file().toString(),
                                "no tensor of " + missing.name(),
                                "must be there, as modules_to_save of " + PeftLora.CONFIG + " names it");
                    });
        }
    }

    static Map<String, long[]> shapesOfWhole(List<WholeModule> modules) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        modules.forEach(module -> module.tensors()
                .forEach(tensor -> shapes.put(
                        tensor.name(),
                        tensor.shape().stream().mapToLong(Integer::longValue).toArray())));
        return shapes;
    }

    private static Parameter whole(float[] values, long[] shape) {
        int columns = Math.toIntExact(shape[shape.length - 1]);
        return new Parameter(Tensor.of(values.length / columns, columns, values), null);
    }

    private static float[] scaled(float[] values, float scale) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= scale;
        }
        return values;
    }
}
