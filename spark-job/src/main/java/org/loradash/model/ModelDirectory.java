package org.loradash.model;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.config.Settings.Storage;
import org.loradash.model.llama.Llama;
import org.loradash.model.llama.LlamaConfig;
import org.loradash.model.llama.LlamaWeights;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.SafetensorsDirectory;

/**
 * A Hugging Face model directory: config.json and safetensors files. A new architecture is a package beside {@code llama}
 * and one case in {@link #open}.
 */
public final class ModelDirectory implements Closeable {
    private static final List<String> COMPANIONS = List.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "tokenizer.model",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "chat_template.jinja");

    private final FileSystem files;
    private final Path path;
    private final LlamaConfig config;
    private final SafetensorsDirectory weights;

    private ModelDirectory(FileSystem files, Path path, LlamaConfig config, SafetensorsDirectory weights) {
        this.files = files;
        this.path = path;
        this.config = config;
        this.weights = weights;
    }

    /**
     * Opens a directory and checks its config and the names, types and shapes of its tensors; reads no weights.
     *
     * @throws InvalidInput where something is missing, damaged or unsupported
     */
    public static ModelDirectory open(Configuration hadoop, String directory) {
        FileSystem files = FileSystems.of("model.path", directory, hadoop);
        Path path = new Path(directory);
        LlamaConfig config = ModelShape.read(hadoop, directory).config();
        SafetensorsDirectory weights = SafetensorsDirectory.open(files, path);
        LlamaWeights.checkShapes(config, new WeightFiles(weights, Storage.FLOAT32));
        return new ModelDirectory(files, path, config, weights);
    }

    public Path path() {
        return path;
    }

    /** Every linear layer that can be adapted. */
    public List<Target> targets() {
        return LlamaWeights.targets(config);
    }

    public int vocabularySize() {
        return config.vocabularySize();
    }

    /** The longest sequence that the model was made for, in tokens. */
    public int maximumPositions() {
        return config.maximumPositions();
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
    public SafetensorsDirectory weights() {
        return weights;
    }

    /** Reads all weights. */
    public Model load(Storage storage) {
        return new Llama(config, LlamaWeights.read(config, new WeightFiles(weights, storage)));
    }

    @Override
    public void close() throws IOException {
        weights.close();
    }
}
