package org.loradash.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.config.Settings.Storage;
import org.loradash.model.llama.Llama;
import org.loradash.model.llama.LlamaConfig;
import org.loradash.model.llama.LlamaWeights;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;

/** What a model directory's config.json says, of which nothing else need be there. */
public final class ModelShape {
    private static final long LARGEST_CONFIG = 1 << 24;

    private final LlamaConfig config;

    private ModelShape(LlamaConfig config) {
        this.config = config;
    }

    /** @throws InvalidInput where the file is missing, damaged, or says what is unsupported */
    public static ModelShape read(Configuration hadoop, String directory) {
        FileSystem files = FileSystems.of("model.path", directory, hadoop);
        Path path = new Path(directory);
        try {
            if (!files.exists(path)) {
                throw InvalidInput.of("model.path", directory, "must be a model directory; there is nothing there");
            }
            Path configFile = new Path(path, "config.json");
            return new ModelShape(LlamaConfig.parse(json(files, configFile), configFile.toString()));
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

    private static JsonNode json(FileSystem files, Path file) throws IOException {
        try (FSDataInputStream in = files.open(file)) {
            FileStatus status = files.getFileStatus(file);
            if (status.getLen() > LARGEST_CONFIG) {
                throw InvalidInput.of(file.toString(), status.getLen() + " bytes", "must be at most " + LARGEST_CONFIG);
            }
            JsonNode json = new ObjectMapper().readTree(in.readAllBytes());
            if (json == null || !json.isObject()) {
                throw InvalidInput.of(file.toString(), "not a JSON object", "must be a model's config");
            }
            return json;
        } catch (FileNotFoundException e) {
            throw InvalidInput.of(file.toString(), "no such file", "a Hugging Face model directory has one");
        } catch (JsonProcessingException e) {
            throw new InvalidInput(file + ": not valid JSON: " + e.getOriginalMessage(), e);
        }
    }
}
