package org.loradash.model;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.loradash.tsd.io.JsonFile;

/** What a model directory's config.json says, of which nothing else need be there. */
public final class ModelShape {
    static final long LARGEST_CONFIG = 1 << 20;

    private final LlamaConfig config;

    private ModelShape(LlamaConfig config) {
        this.config = config;
    }

    /** @throws InvalidInput where the file is missing, damaged, or says what is unsupported */
    public static ModelShape read(Configuration hadoop, String directory) {
        FileSystem files = FileSystems.of("model.path", directory, hadoop);
        Path path = FileSystems.path(directory);
        try {
            if (!files.exists(path)) {
                throw InvalidInput.of("model.path", directory, "must be a model directory; there is nothing there");
            }
            if (!files.getFileStatus(path).isDirectory()) {
                throw InvalidInput.of("model.path", directory, "must be a model directory; there is a file");
            }
            Path config = new Path(path, "config.json");
            return new ModelShape(LlamaConfig.parse(JsonFile.object(files, config, LARGEST_CONFIG), config.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(directory, e);
        }
    }

    LlamaConfig config() {
        return config;
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

    /** The model with no memory behind its weights, to run on {@link org.loradash.kernel.Kernels#dry}. */
    public Model withoutMemory(Storage storage) {
        return new Llama(config, LlamaWeights.withoutMemory(config, storage));
    }
}
