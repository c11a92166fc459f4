package org.loradash.tsd.source;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
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
import org.loradash.tsd.io.ModelPath;
import org.loradash.tsd.io.TensorFile;
import org.loradash.tsd.io.TensorInfo;

/**
 * A plain LoRA as Hugging Face PEFT keeps it: adapter_config.json and adapter_model.safetensors, or adapter_model.bin where
 * there is none. Beside the factors of linear layers it may hold tensors that were trained whole, those of PEFT's {@code modules_to_save}.
 */
public final class PeftLora implements ChangeSource {
    /** What PEFT puts in front of the names of the base model. */
    public static final String PREFIX = "base_model.model.";

    /** The name of the file of settings. */
    public static final String CONFIG = "adapter_config.json";

    /** The name of the file of tensors. */
    public static final String WEIGHTS = "adapter_model.safetensors";

    private static final String OLDER_WEIGHTS = "adapter_model.bin";

    /** The ending of a factor A's name, rank x inputs. */
    public static final String A = ".lora_A.weight";

    /** The ending of a factor B's name, outputs x rank. */
    public static final String B = ".lora_B.weight";

    private final String path;
    private final PeftConfig config;
    private final TensorFile weights;
    private final Set<String> modules = new LinkedHashSet<>();
    private final Map<String, TensorInfo> whole = new LinkedHashMap<>();

    private PeftLora(String path, PeftConfig config, TensorFile weights) {
        this.path = path;
        this.config = config;
        this.weights = weights;
    }

    /**
     * Opens an adapter's directory.
     *
     * @throws InvalidInput where it is none, or holds anything but the factors of a plain LoRA and modules trained whole
     */
    public static PeftLora open(String path, Configuration hadoop) {
        return open(FileSystems.of("TASK", path, hadoop), ModelPath.of("TASK", path, hadoop), path);
    }

    /** Opens an adapter's directory on a file system; its path in messages is {@code shown}. */
    public static PeftLora open(FileSystem files, Path directory, String shown) {
        PeftConfig config = PeftConfig.read(files, new Path(directory, CONFIG));
        TensorFile weights = TensorFile.open(files, weights(files, directory));
        boolean opened = false;
        try {
            PeftLora adapter = new PeftLora(shown, config, weights);
            weights.tensors().values().forEach(adapter::sort);
            adapter.modules.forEach(module -> {
                weights.tensor(PREFIX + module + A);
                weights.tensor(PREFIX + module + B);
            });
            adapter.checkComplete(new Path(directory, CONFIG));
            opened = true;
            return adapter;
        } finally {
            if (!opened) {
                weights.close();
            }
        }
    }

    /** The file of an adapter's tensors: that of {@link #WEIGHTS}, or the older one where only that is there. */
    public static Path weights(FileSystem files, Path directory) {
        Path weights = new Path(directory, WEIGHTS);
        Path older = new Path(directory, OLDER_WEIGHTS);
        try {
            return !files.exists(weights) && files.exists(older) ? older : weights;
        } catch (IOException e) {
            throw Message.of(directory, e);
        }
    }

    /** Finds out what a tensor of the file belongs to. */
    private void sort(TensorInfo tensor) {
        String name = tensor.name().startsWith(PREFIX) ? tensor.name().substring(PREFIX.length()) : "";
        int parameter = name.lastIndexOf('.');
        if ((name.endsWith(A) || name.endsWith(B)) && name.length() > A.length() && tensor.shape().length == 2) {
            modules.add(name.substring(0, name.length() - A.length()));
        } else if (parameter > 0 && config.trainsWhole(name.substring(0, parameter))) {
            whole.put(name, tensor);
        } else {
            throw InvalidInput.of(
                    weights.path() + ": tensor",
                    tensor,
                    "must be a matrix " + PREFIX + "MODULE" + A + " or " + B + ": only plain LoRA");
        }
    }

    /** Refuses tensors that the config does not name, and a config that names what has no tensors. */
    private void checkComplete(Path file) {
        for (String module : modules) {
            if (!config.targets().selects(module)) {
                throw InvalidInput.of(
                        weights.path() + ": tensor",
                        Message.oneLine(PREFIX + module + A),
                        "must be of a layer that target_modules of " + CONFIG + " names");
            }
            if (config.trainsWhole(module)) {
                throw InvalidInput.of(
                        weights.path() + ": tensor",
                        Message.oneLine(PREFIX + module + A),
                        "must be absent, as modules_to_save of " + CONFIG + " names the layer");
            }
        }
        for (String saved : config.modulesThatMustBeSaved()) {
            if (whole.keySet().stream()
                    .noneMatch(name -> PeftConfig.trainsWhole(saved, name.substring(0, name.lastIndexOf('.'))))) {
                throw InvalidInput.of(
                        file + ": modules_to_save",
                        Message.oneLine(saved),
                        "must have its tensors in " + weights.path().getName() + "; there are none");
            }
        }
        if (modules.isEmpty() && whole.isEmpty()) {
            throw InvalidInput.of(weights.path().toString(), "no tensor", "must hold the factors of a LoRA");
        }
    }

    @Override
    public String path() {
        return path;
    }

    /** The file of its tensors. */
    public Path file() {
        return weights.path();
    }

    /** What its file of settings says. */
    public PeftConfig config() {
        return config;
    }

    /** The linear layers that have factors, by their names in the base model. */
    public Set<String> modules() {
        return Collections.unmodifiableSet(modules);
    }

    /** The tensors that were trained whole, by their names in the base model. */
    public Map<String, TensorInfo> whole() {
        return Collections.unmodifiableMap(whole);
    }

    @Override
    public void check(BaseModel base, List<Target> chosen) {
        if (config.transposed()) {
            throw InvalidInput.of(
                    path + ": fan_in_fan_out",
                    true,
                    "must be false: whether the base model's weights lie so, no file says");
        }
        checkFactors(base.layers(), "a linear layer of " + base.path());
        whole.keySet()
                .forEach(name -> base.shape(name).ifPresentOrElse(shape -> checkWhole(name, shape), () -> whole(name)));
    }

    /**
     * Refuses factors that do not fit a model, or are not finite.
     *
     * @param layers of the model that can have factors
     * @param what such a layer is called, for the error
     * @throws InvalidInput where there are factors of another layer or of another shape, or one is not finite
     */
    public void checkFactors(List<Target> layers, String what) {
        Map<String, Target> byName =
                layers.stream().collect(Collectors.toMap(target -> target.name().text(), Function.identity()));
        for (String module : modules) {
            Target target = byName.get(module);
            if (target == null) {
                throw InvalidInput.of(path, "module " + Message.oneLine(module), "must be " + what);
            }
            int rank = config.rankOf(module);
            String why = "for the config's r and the base model";
            a(module, why, rank, target.columns());
            b(module, why, target.rows(), rank);
        }
        for (Target layer : layers) {
            String name = layer.name().text();
            boolean without = !modules.contains(name) && !config.trainsWhole(name);
            if (without && config.targets().isGiven() && config.targets().selects(name)) {
                throw InvalidInput.of(
                        path, "no factors of " + name, "must be there, as target_modules of " + CONFIG + " names it");
            }
        }
    }

    /** Refuses a tensor trained whole that has another shape than the base model's, or is not finite. */
    public void checkWhole(String tensor, long... shape) {
        checkShape(PREFIX + tensor, "as in the base model", shape);
        whole(tensor);
    }

    private void checkShape(String name, String why, long... expected) {
        long[] shape = weights.tensor(name).shape();
        if (!Arrays.equals(shape, expected)) {
            throw InvalidInput.of(
                    weights.path() + ": " + Message.oneLine(name),
                    "shape " + Arrays.toString(shape),
                    "must be " + Arrays.toString(expected) + ", " + why);
        }
    }

    /** The factor A of a module, rank x inputs, row-major. */
    public float[] a(String module) {
        return weights.readFloats(PREFIX + module + A);
    }

    /** The same, where it has that shape; {@link InvalidInput} that says why it must have it. */
    public float[] a(String module, String why, int rank, int inputs) {
        checkShape(PREFIX + module + A, why, rank, inputs);
        return a(module);
    }

    /** The factor B of a module, outputs x rank, row-major, without the scale. */
    public float[] b(String module) {
        return weights.readFloats(PREFIX + module + B);
    }

    /** The same, where it has that shape; {@link InvalidInput} that says why it must have it. */
    public float[] b(String module, String why, int outputs, int rank) {
        checkShape(PREFIX + module + B, why, outputs, rank);
        return b(module);
    }

    /** A tensor that was trained whole, row-major. */
    public float[] whole(String tensor) {
        return weights.readFloats(PREFIX + tensor);
    }

    @Override
    public boolean changes(Target target) {
        return modules.contains(target.name().text())
                || whole.containsKey(target.name().weight());
    }

    /** The low-rank change of a layer with factors; the difference to the base model's weight of one trained whole. */
    @Override
    public WeightUpdate change(Target target, float[] weight) {
        String module = target.name().text();
        if (modules.contains(module)) {
            return new WeightUpdate.LowRank(b(module), a(module), config.scaleOf(module));
        }
        return WeightUpdate.Dense.between(weight, whole(target.name().weight()));
    }

    @Override
    public void close() {
        weights.close();
    }
}
