package org.loradash.tsd.source;

import java.io.Closeable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.TargetName;
import org.loradash.tsd.cache.ModelHash;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.SafetensorsDirectory;
import org.loradash.tsd.io.TensorInfo;

/** The frozen model W of which directions are taken: its matrices, read one at a time. */
public final class BaseModel implements Closeable {
    /** Matrices that are tables of vectors and not linear layers of a block. */
    private static final Pattern EMBEDDING = Pattern.compile("embed|lm_head|\\bwte\\b|\\bwpe\\b|shared$");

    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final String path;
    private final SafetensorsDirectory weights;
    private final Configuration hadoop;

    private BaseModel(String path, SafetensorsDirectory weights, Configuration hadoop) {
        this.path = path;
        this.weights = weights;
        this.hadoop = hadoop;
    }

    /**
     * Opens a Hugging Face model directory.
     *
     * @param where the option that gave the path, for errors
     * @throws InvalidInput where it is none
     */
    public static BaseModel open(String where, String path, Configuration hadoop) {
        return new BaseModel(
                path, SafetensorsDirectory.open(FileSystems.of(where, path, hadoop), new Path(path)), hadoop);
    }

    /** Its directory, as it was given. */
    public String path() {
        return path;
    }

    /**
     * Its linear layers in the order of the model, each of which one of the choices names by its last part
     * ({@code q_proj}), its end ({@code self_attn.q_proj}) or as a whole; all but embeddings and the output layer where
     * there is no choice.
     *
     * @throws InvalidInput where a choice names none, or a matrix is larger than an array
     */
    public List<Target> targets(List<String> choices) {
        List<Target> all = new ArrayList<>();
        for (String tensor : weights.names()) {
            TensorInfo info = weights.tensor(tensor);
            if (TargetName.isWeight(tensor)
                    && info.shape().length == 2
                    && info.type().isFloating()
                    && info.elements() > 0) {
                all.add(target(info));
            }
        }
        for (String choice : choices) {
            if (all.stream().noneMatch(target -> matches(target, choice))) {
                throw InvalidInput.of("--targets", choice, "must name linear layers of " + path);
            }
        }
        List<Target> chosen = all.stream()
                .filter(target -> choices.isEmpty()
                        ? !isEmbedding(target)
                        : choices.stream().anyMatch(choice -> matches(target, choice)))
                .sorted((one, other) ->
                        Integer.compare(one.name().layer(), other.name().layer()))
                .toList();
        chosen.forEach(this::checkSize);
        return chosen;
    }

    private static Target target(TensorInfo info) {
        long rows = info.shape()[0];
        long columns = info.shape()[1];
        return new Target(TargetName.ofWeight(info.name()), (int) Math.min(rows, Integer.MAX_VALUE), (int)
                Math.min(columns, Integer.MAX_VALUE));
    }

    private void checkSize(Target target) {
        if (target.elements() > LARGEST_ARRAY) {
            throw InvalidInput.of(
                    path + ": " + target.name(),
                    "%d x %d".formatted(target.rows(), target.columns()),
                    "must have at most " + LARGEST_ARRAY + " elements; leave it out with --targets");
        }
    }

    private static boolean matches(Target target, String choice) {
        String name = target.name().text();
        return name.equals(choice) || name.endsWith("." + choice);
    }

    private static boolean isEmbedding(Target target) {
        return EMBEDDING.matcher(target.name().text().toLowerCase(Locale.ROOT)).find();
    }

    /** A target's weight, row-major. */
    public float[] weight(Target target) {
        return weights.readFloats(target.name().weight());
    }

    /** Reads all of the model's files. */
    public String hash() {
        return ModelHash.of(new Path(path), weights.files(), hadoop);
    }

    @Override
    public void close() {
        weights.close();
    }
}
