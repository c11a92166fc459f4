package org.loradash.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.WholeFile;
import org.loradash.tsd.source.PeftConfig;
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
     */
    public record Base(String name, List<Target> targets, List<WholeModule> modules, Optional<String> taskType) {
        static Base of(ModelDirectory model, Optional<String> taskType) {
            return new Base(model.given(), model.targets(), model.shape().modules(), taskType);
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
        List<NamedTensor> tensors = new ArrayList<>();
        changes.lowRank().forEach((module, factors) -> {
            tensors.add(factor(module + PeftLora.A, factors.a()));
            tensors.add(factor(module + PeftLora.B, factors.b()));
        });
        changes.whole()
                .forEach((name, whole) -> tensors.add(
                        NamedTensor.of(PeftLora.PREFIX + name, whole.value().toArray(), shapes.get(name))));
        try {
            String text = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(config);
            WholeFile.write(
                    files,
                    new Path(directory, PeftLora.WEIGHTS),
                    out -> SafetensorsWriter.write(out, Map.of("format", "pt"), tensors));
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

    private static NamedTensor factor(String name, Tensor values) {
        return NamedTensor.of(PeftLora.PREFIX + name, values.toArray(), new long[] {values.rows(), values.columns()});
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
            if (!files.exists(new Path(FileSystems.path(directory), ModelConfig.FILE))) {
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
        for (WholeModule module : shape.modules()) {
            module.tensors().stream()
                    .filter(tensor -> adapter.config().trainsWhole(module.name()))
                    .filter(tensor -> !adapter.whole().containsKey(tensor.name()))
                    .findFirst()
                    .ifPresent(missing -> {
                        throw InvalidInput.of(
                                adapter.path(),
                                "no tensor of " + missing.name(),
                                "must be there, as modules_to_save of " + PeftLora.CONFIG + " names it");
                    });
        }
    }

    private static Map<String, long[]> shapesOfWhole(List<WholeModule> modules) {
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

    /**
     * What an adapter starts from, beside the model.
     *
     * @param factors of all targets, as they lie in the flat vector
     * @param whole elements of tensors that are trained whole, by name; those that are given
     */
    public record Start(float[] factors, Map<String, float[]> whole) {
        public Start {
            whole = Collections.unmodifiableMap(new LinkedHashMap<>(whole));
        }
    }

    /**
     * The parameters of a LoRA adapter that PEFT or this project wrote, to start from.
     *
     * @throws InvalidInput where the adapter is not there, damaged, or does not fit rank, scale, targets and modules
     */
    public static Start read(FileSystem files, Path directory, Adapter adapter) {
        try {
            if (!files.exists(new Path(directory, PeftLora.CONFIG))) {
                throw InvalidInput.of(
                        "adapter.start-from", directory, "must be a PEFT adapter directory with " + PeftLora.CONFIG);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory.toString(), e);
        }
        try (PeftLora given = PeftLora.open(files, directory, directory.toString())) {
            checkScale(given.config(), new Path(directory, PeftLora.CONFIG), adapter);
            Path file = new Path(directory, PeftLora.WEIGHTS);
            return new Start(factors(given, file, adapter), whole(given, file, adapter));
        }
    }

    private static Map<String, float[]> whole(PeftLora given, Path file, Adapter adapter) {
        Map<String, long[]> shapes = shapesOfWhole(adapter.modules());
        Map<String, float[]> whole = new LinkedHashMap<>();
        for (String module : given.config().modulesToSave()) {
            if (given.whole().keySet().stream().noneMatch(tensor -> ("." + tensor).contains("." + module + "."))) {
                throw InvalidInput.of(
                        file.toString(),
                        "no tensor of " + Message.oneLine(module),
                        "must be there, as modules_to_save of " + PeftLora.CONFIG + " names it");
            }
        }
        for (String name : given.whole().keySet()) {
            if (!shapes.containsKey(name)) {
                throw InvalidInput.of(
                        file.toString(),
                        "tensor " + Message.oneLine(name),
                        "must be of a module that task.train names, or it would be lost");
            }
            given.checkWhole(name, shapes.get(name));
            whole.put(name, given.whole(name));
        }
        return whole;
    }

    private static float[] factors(PeftLora given, Path file, Adapter adapter) {
        float[] parameters = new float[adapter.factorParameters()];
        List<String> names = adapter.targets().stream().map(Target::name).toList();
        given.modules().stream()
                .filter(module -> !names.contains(module))
                .findFirst()
                .ifPresent(module -> {
                    throw InvalidInput.of(
                            file.toString(),
                            "tensor " + Message.oneLine(PeftLora.PREFIX + module + PeftLora.A),
                            "must belong to one of adapter.targets, or it would be lost");
                });
        for (int i = 0; i < adapter.targets().size(); i++) {
            Target target = adapter.targets().get(i);
            int ofA = adapter.factorRanges().get(i).from();
            int ofB = ofA + adapter.rank() * target.inputs();
            String why = "for adapter.rank and the model's shape";
            copy(given.a(target.name(), why, adapter.rank(), target.inputs()), parameters, ofA);
            copy(given.b(target.name(), why, target.outputs(), adapter.rank()), parameters, ofB);
        }
        return parameters;
    }

    private static void copy(float[] values, float[] to, int from) {
        System.arraycopy(values, 0, to, from, values.length);
    }

    /** One rank and one scale for all targets, as adapter.rank and adapter.alpha say. */
    private static void checkScale(PeftConfig config, Path file, Adapter adapter) {
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
}
