package org.loradash.tsd.source;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.direction.WeightUpdate;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.Message;
import org.loradash.tsd.io.SafetensorsFile;
import org.loradash.tsd.io.TensorInfo;

/** A plain LoRA as Hugging Face PEFT keeps it: adapter_config.json and adapter_model.safetensors. */
public final class PeftLora implements ChangeSource {
    static final String CONFIG = "adapter_config.json";

    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PREFIX = "base_model.model.";
    private static final String A = ".lora_A.weight";
    private static final String B = ".lora_B.weight";

    private final String path;
    private final PeftConfig config;
    private final SafetensorsFile weights;
    private final Set<String> modules;

    private PeftLora(String path, PeftConfig config, SafetensorsFile weights, Set<String> modules) {
        this.path = path;
        this.config = config;
        this.weights = weights;
        this.modules = modules;
    }

    /**
     * Opens an adapter's directory.
     *
     * @throws InvalidInput where it is none, or holds anything but the factors of a plain LoRA
     */
    public static PeftLora open(String path, Configuration hadoop) {
        FileSystem files = FileSystems.of("TASK", path, hadoop);
        PeftConfig config = PeftConfig.read(files, new Path(FileSystems.path(path), CONFIG));
        SafetensorsFile weights = SafetensorsFile.open(files, new Path(FileSystems.path(path), WEIGHTS));
        boolean opened = false;
        try {
            PeftLora adapter = new PeftLora(path, config, weights, modules(weights));
            opened = true;
            return adapter;
        } finally {
            if (!opened) {
                weights.close();
            }
        }
    }

    private static Set<String> modules(SafetensorsFile weights) {
        Set<String> modules = new LinkedHashSet<>();
        for (TensorInfo tensor : weights.tensors().values()) {
            String name = tensor.name();
            boolean factor = name.startsWith(PREFIX) && (name.endsWith(A) || name.endsWith(B));
            if (!factor || name.length() <= PREFIX.length() + A.length() || tensor.shape().length != 2) {
                throw InvalidInput.of(
                        weights.path() + ": tensor",
                        tensor,
                        "must be a matrix " + PREFIX + "MODULE" + A + " or " + B + ": only plain LoRA");
            }
            modules.add(name.substring(PREFIX.length(), name.length() - A.length()));
        }
        modules.forEach(module -> {
            weights.tensor(PREFIX + module + A);
            weights.tensor(PREFIX + module + B);
        });
        return modules;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public void check(BaseModel base, List<Target> chosen) {
        Map<String, Target> byName = base.layers().stream()
                .collect(Collectors.toMap(target -> target.name().text(), Function.identity()));
        for (String module : modules) {
            Target target = byName.get(module);
            if (target == null) {
                throw InvalidInput.of(
                        path, "module " + Message.oneLine(module), "must be a linear layer of " + base.path());
            }
            int rank = config.rankOf(module);
            checkShape(PREFIX + module + A, rank, target.columns());
            checkShape(PREFIX + module + B, target.rows(), rank);
        }
    }

    private void checkShape(String name, int rows, int columns) {
        long[] shape = weights.tensor(name).shape();
        if (shape[0] != rows || shape[1] != columns) {
            throw InvalidInput.of(
                    weights.path() + ": " + Message.oneLine(name),
                    "shape " + Arrays.toString(shape),
                    "must be [%d, %d], for the config's r and the base model".formatted(rows, columns));
        }
    }

    @Override
    public boolean changes(Target target) {
        return modules.contains(target.name().text());
    }

    @Override
    public WeightUpdate change(Target target, float[] weight) {
        String module = target.name().text();
        return new WeightUpdate.LowRank(
                weights.readFloats(PREFIX + module + B),
                weights.readFloats(PREFIX + module + A),
                config.scaleOf(module));
    }

    @Override
    public void close() {
        weights.close();
    }
}
