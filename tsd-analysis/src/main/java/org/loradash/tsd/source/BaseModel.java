package org.loradash.tsd.source;

import java.io.Closeable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.TargetName;
import org.loradash.tsd.cache.ModelHash;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.Message;
import org.loradash.tsd.io.ModelPath;
import org.loradash.tsd.io.TensorDirectory;
import org.loradash.tsd.io.TensorInfo;

/** The frozen model W of which directions are taken: its matrices, read one at a time. */
public final class BaseModel implements Closeable {
    /** Matrices that are tables of vectors and not linear layers of a block. */
    private static final Pattern EMBEDDING = Pattern.compile("embed|lm_head|\\bwte\\b|\\bwpe\\b|shared$");

    private static final String HEAD = "lm_head";
    private static final String EMBEDDED = "model.embed_tokens.weight";
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final String path;
    private final TensorDirectory weights;
    private final List<Target> layers;
    private final Configuration hadoop;

    private BaseModel(String path, TensorDirectory weights, Configuration hadoop) {
        this.path = path;
        this.weights = weights;
        this.layers = layers(weights);
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
                path,
                TensorDirectory.open(FileSystems.of(where, path, hadoop), ModelPath.of(where, path, hadoop)),
                hadoop);
    }

    /** Its directory, as it was given. */
    public String path() {
        return path;
    }

    /**
     * All its matrices that are a layer's weight, by layer; embeddings and the output layer too, which has a name of its
     * own where it is the embedding itself.
     */
    public List<Target> layers() {
        return layers;
    }

    /**
     * Its linear layers, by layer, each of which one of the choices names by its last part ({@code q_proj}), its end
     * ({@code self_attn.q_proj}) or as a whole; where there is no choice all those of blocks, which have a number: not embeddings, pooler and heads.
     *
     * @throws InvalidInput where a choice names none, or a matrix is larger than an array
     */
    public List<Target> targets(List<String> choices) {
        for (String choice : choices) {
            if (layers.stream().noneMatch(target -> matches(target, choice))) {
                throw InvalidInput.of("--targets", Message.oneLine(choice), "must name linear layers of " + path);
            }
        }
        List<Target> chosen = layers.stream()
                .filter(target -> choices.isEmpty()
                        ? target.name().isInBlock() && !isEmbedding(target)
                        : choices.stream().anyMatch(choice -> matches(target, choice)))
                .toList();
        chosen.forEach(this::checkSize);
        return chosen;
    }

    private static List<Target> layers(TensorDirectory weights) {
        List<Target> layers = new ArrayList<>();
        for (String tensor : weights.names()) {
            TensorInfo info = weights.tensor(tensor);
            boolean matrix = info.shape().length == 2 && info.elements() > 0;
            if (TargetName.isWeight(tensor) && matrix && info.type().isFloating()) {
                layers.add(target(TargetName.ofWeight(tensor), info));
            }
        }
        if (!weights.contains(HEAD + ".weight") && weights.contains(EMBEDDED)) {
            layers.add(target(new TargetName(HEAD), weights.tensor(EMBEDDED)));
        }
        layers.sort(Comparator.comparingInt(target -> target.name().layer()));
        return List.copyOf(layers);
    }

    private static Target target(TargetName name, TensorInfo info) {
        long rows = info.shape()[0];
        long columns = info.shape()[1];
        return new Target(name, (int) Math.min(rows, Integer.MAX_VALUE), (int) Math.min(columns, Integer.MAX_VALUE));
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
        String tensor = target.name().weight();
        return weights.readFloats(weights.contains(tensor) ? tensor : EMBEDDED);
    }

    /** The shape of a tensor; nothing where the model has none of that name. */
    Optional<long[]> shape(String tensor) {
        return weights.contains(tensor) ? Optional.of(weights.tensor(tensor).shape()) : Optional.empty();
    }

    /** Reads all of the model's files. */
    public String hash() {
        return ModelHash.of(ModelPath.of("--base", path, hadoop), weights.files(), hadoop);
    }

    @Override
    public void close() {
        weights.close();
    }
}
