package org.loradash.tsd.source;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.cache.DecompositionCache;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.Message;
import org.loradash.tsd.io.TensorFile;

/** A run directory of the training job: which model it adapted, its adapter or trained model, and what it noted of directions. */
public final class JobRun {
    private static final String SETTINGS = "resolved.conf";
    private static final Pattern TRACKED = Pattern.compile("step-(\\d{1,18})\\.safetensors");

    private final Path path;
    private final FileSystem files;
    private final ResolvedSettings settings;
    private final RunSteps steps;

    private JobRun(Path path, FileSystem files, ResolvedSettings settings, RunSteps steps) {
        this.path = path;
        this.files = files;
        this.settings = settings;
        this.steps = steps;
    }

    /**
     * What was noted of one target at the boundary. The arrays are not copied.
     *
     * @param changeRates of all n directions
     * @param directions the chosen ones, best first
     */
    public record AtBoundary(float[] changeRates, int[] directions) {}

    /** Whether that is the directory of a run. */
    public static boolean isOne(String path, Configuration hadoop) throws IOException {
        return FileSystems.of("TASK", path, hadoop).exists(new Path(FileSystems.path(path), SETTINGS));
    }

    /** Opens a run's directory; {@link InvalidInput} where its settings cannot be read. */
    public static JobRun open(String path, Configuration hadoop) {
        FileSystem files = FileSystems.of("TASK", path, hadoop);
        Path directory = FileSystems.path(path);
        return new JobRun(
                files.makeQualified(directory),
                files,
                ResolvedSettings.read(files, new Path(directory, SETTINGS)),
                RunSteps.read(files, new Path(directory, "metrics.jsonl")));
    }

    /** The model that it adapted, as its configuration names it. */
    public String model() {
        return settings.required("model.path");
    }

    /** Where its adapter is. */
    private String adapter() {
        return new Path(path, "adapter").toString();
    }

    /**
     * What it made of the model: its adapter, or after full fine-tuning the trained model; that of the end, once the run
     * has ended.
     */
    public ChangeSource change(Configuration hadoop) {
        Path model = new Path(path, "model");
        try {
            return files.exists(model) ? TunedModel.open(model.toString(), hadoop) : PeftLora.open(adapter(), hadoop);
        } catch (IOException e) {
            throw Message.of(model, e);
        }
    }

    /** Its settings by their keys. */
    public Map<String, String> settings() {
        return settings.table();
    }

    /** The epsilon of its change rates. */
    public double epsilon() {
        String epsilon = settings.required("dash.epsilon");
        try {
            return Double.parseDouble(epsilon);
        } catch (NumberFormatException e) {
            throw InvalidInput.of(path + ": dash.epsilon", Message.oneLine(epsilon), "must be a number");
        }
    }

    /** How many steps it took. */
    public OptionalLong end() {
        return steps.end();
    }

    /** Of which step its result is: that of the lowest loss of held-out records where it kept that one, otherwise the last. */
    public OptionalLong result() {
        boolean keepsBest = settings.optional("validation.patience")
                .filter(patience -> !patience.equals("0"))
                .isPresent();
        return keepsBest && steps.best().isPresent() ? steps.best() : end();
    }

    /** How many of them before the boundary. */
    public OptionalLong boundary() {
        return steps.boundary();
    }

    /** The decompositions that the job kept of its model; nothing where it noted no hash. */
    public Optional<DecompositionCache> decompositions() {
        String cache = settings.optional("dash.cache")
                .orElseGet(() ->
                        new Path(path.getParent() == null ? path : path.getParent(), "decompositions").toString());
        return settings.hash(model()).map(hash -> DecompositionCache.in(FileSystems.path(cache), hash));
    }

    /**
     * Its targets at the boundary, by name; empty where none was reached.
     *
     * @throws InvalidInput where the file is malformed
     */
    public Map<String, AtBoundary> atBoundary() {
        Path boundary = new Path(path, "tsd/boundary.safetensors");
        Map<String, AtBoundary> targets = new LinkedHashMap<>();
        try {
            if (!files.exists(boundary)) {
                return targets;
            }
        } catch (IOException e) {
            throw Message.of(boundary, e);
        }
        try (TensorFile file = TensorFile.open(files, boundary)) {
            for (String tensor : file.tensors().keySet()) {
                if (tensor.endsWith(".change_rate")) {
                    String target = tensor.substring(0, tensor.length() - ".change_rate".length());
                    float[] rates = file.readFloats(tensor);
                    targets.put(target, new AtBoundary(rates, directions(file, target, rates.length)));
                }
            }
        }
        return targets;
    }

    /**
     * The files of tracked directions by step, oldest first; empty where the run tracked none.
     *
     * @throws InvalidInput where they cannot be listed
     */
    public SortedMap<Long, Path> tracked() {
        Path directory = new Path(path, "tsd/tracked");
        SortedMap<Long, Path> tracked = new TreeMap<>();
        try {
            if (files.exists(directory)) {
                for (FileStatus file : files.listStatus(directory)) {
                    Matcher name = TRACKED.matcher(file.getPath().getName());
                    if (file.isFile() && name.matches()) {
                        tracked.put(Long.parseLong(name.group(1)), file.getPath());
                    }
                }
            }
        } catch (IOException e) {
            throw Message.of(directory, e);
        }
        return tracked;
    }

    /**
     * The directions of one of those files, best first, by target.
     *
     * @throws InvalidInput where the file is malformed
     */
    public Map<String, int[]> trackedDirections(Path trackedFile) {
        Map<String, int[]> directions = new LinkedHashMap<>();
        try (TensorFile file = TensorFile.open(files, trackedFile)) {
            for (String tensor : file.tensors().keySet()) {
                if (tensor.endsWith(".directions")) {
                    String target = tensor.substring(0, tensor.length() - ".directions".length());
                    long size = file.tensor(target + ".delta_sigma").elements();
                    directions.put(target, directions(file, target, size));
                }
            }
        }
        return directions;
    }

    private static int[] directions(TensorFile file, String target, long size) {
        long[] indices = file.readLongs(target + ".directions");
        boolean different = Arrays.stream(indices).distinct().count() == indices.length;
        if (!different || Arrays.stream(indices).anyMatch(index -> index < 0 || index >= size)) {
            throw InvalidInput.of(
                    file.path() + ": " + Message.oneLine(target) + ".directions",
                    Message.oneLine(Arrays.toString(indices)),
                    "must be different indices below " + size);
        }
        return Arrays.stream(indices).mapToInt(Math::toIntExact).toArray();
    }
}
