package org.loradash.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.JsonFile;
import org.loradash.tsd.io.ModelConfig;
import org.loradash.tsd.io.ModelPath;
import org.loradash.tsd.io.TensorDirectory;

/**
 * A Hugging Face model directory: config.json and files of weights.
 */
public final class ModelDirectory implements Closeable {
    private static final List<String> COMPANIONS = List.of(
            ModelConfig.FILE,
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "tokenizer.model",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "vocab.txt",
            "spm.model",
            "sentencepiece.bpe.model",
            "chat_template.jinja");

    private final String given;
    private final FileSystem files;
    private final Path path;
    private final Shape shape;
    private final TensorDirectory weights;

    private ModelDirectory(String given, FileSystem files, Path path, Shape shape, TensorDirectory weights) {
        this.given = given;
        this.files = files;
        this.path = path;
        this.shape = shape;
        this.weights = weights;
    }

    /**
     * Opens a directory and checks its config and the names, types and shapes of its tensors; reads no weights.
     *
     * @throws InvalidInput where something is missing, damaged or unsupported
     */
    public static ModelDirectory open(Configuration hadoop, String directory) {
        FileSystem files = FileSystems.of("model.path", directory, hadoop);
        Path path = ModelPath.of("model.path", directory, hadoop);
        Shape shape = Architectures.shape(hadoop, directory);
        TensorDirectory weights = TensorDirectory.open(files, path);
        boolean opened = false;
        try {
            WeightFiles tensors = new WeightFiles(weights, Storage.FLOAT32);
            shape.check(tensors);
            opened = true;
            return new ModelDirectory(directory, files, path, shape.asIn(tensors), weights);
        } finally {
            if (!opened) {
                weights.close();
            }
        }
    }

    /** The directory as it was given. */
    public String given() {
        return given;
    }

    public Path path() {
        return path;
    }

    /** What other software finds the model by: the directory as it was given, or the snapshot of a folder of the hub's cache. */
    public String name() {
        Path whole = ModelPath.whole("model.path", given, files.getConf());
        return whole.equals(FileSystems.path(given)) ? given : whole.toString();
    }

    /** What its config says, or the task that it is opened for. */
    public Shape shape() {
        return shape;
    }

    /** The same open files as a model of another shape, which has what the files have not from elsewhere. */
    public ModelDirectory as(Shape other) {
        return new ModelDirectory(given, files, path, other, weights);
    }

    /** Every linear layer that can be adapted. */
    public List<Target> targets() {
        return shape.targets();
    }

    /** The files beside the weights that make a model directory: config and tokenizer, as many of them as there are. */
    public List<Path> companions() {
        List<Path> present = new ArrayList<>();
        try {
            for (String name : COMPANIONS) {
                Path file = new Path(path, name);
                if (files.exists(file)) {
                    present.add(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(path.toString(), e);
        }
        return present;
    }

    /** The file system that the directory is on. */
    public FileSystem files() {
        return files;
    }

    /** The files of weights. */
    public TensorDirectory weights() {
        return weights;
    }

    /** Reads all weights. */
    public Backbone load(Storage storage) {
        return load(storage, Merge.none());
    }

    /**
     * Reads all weights, some of which become others.
     *
     * @param merge is asked for every tensor
     */
    public Backbone load(Storage storage, Merge merge) {
        return shape.load(new WeightFiles(weights, storage, merge));
    }

    /**
     * The tokens that end a generated text, as transformers' {@code generate} takes them: eos_token_id, a number or
     * several, of generation_config.json, or of config.json where there is no such file.
     *
     * @param vocabularySize of the model
     * @return none where the file says none
     * @throws InvalidInput where it says something else than tokens of the vocabulary
     */
    public Set<Integer> endTokens(int vocabularySize) {
        Path generation = new Path(path, "generation_config.json");
        Set<Integer> ends = new LinkedHashSet<>();
        try {
            Path file = files.exists(generation) ? generation : new Path(path, ModelConfig.FILE);
            JsonNode given = JsonFile.object(files, file, ModelConfig.LARGEST).path("eos_token_id");
            for (JsonNode token : given.isArray() ? given : List.of(given)) {
                if (token.isMissingNode() || token.isNull()) {
                    continue;
                }
                if (!token.isIntegralNumber() || token.asLong() < 0 || token.asLong() >= vocabularySize) {
                    throw InvalidInput.of(
                            file + ": eos_token_id",
                            token,
                            "must be tokens from 0 to " + (vocabularySize - 1) + ", of the vocabulary");
                }
                ends.add(token.intValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(path.toString(), e);
        }
        return ends;
    }

    @Override
    public void close() throws IOException {
        weights.close();
    }
}
