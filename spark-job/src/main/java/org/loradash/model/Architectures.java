package org.loradash.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.Message;
import org.loradash.tsd.io.ModelConfig;
import org.loradash.tsd.io.ModelPath;

/** The architectures that there are, and the shape of a model directory by the one that reads its config. */
public final class Architectures {
    private Architectures() {}

    /**
     * What a model directory's config.json says, of which nothing else need be there.
     *
     * @throws InvalidInput where the file is missing, damaged, or says what is unsupported
     */
    public static Shape shape(Configuration hadoop, String directory) {
        FileSystem files = FileSystems.of("model.path", directory, hadoop);
        Path path = ModelPath.of("model.path", directory, hadoop);
        try {
            if (!files.exists(path)) {
                throw InvalidInput.of("model.path", directory, "must be a model directory; there is nothing there");
            }
            if (!files.getFileStatus(path).isDirectory()) {
                throw InvalidInput.of("model.path", directory, "must be a model directory; there is a file");
            }
            Path config = new Path(path, ModelConfig.FILE);
            if (!files.exists(config)) {
                throw InvalidInput.of(
                        "model.path",
                        directory,
                        "must be a directory with config.json and weights; there is no " + config);
            }
            return shape(ModelConfig.read(files, path), config.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(directory, e);
        }
    }

    private static Shape shape(JsonNode config, String where) {
        List<Architecture> all = ServiceLoader.load(Architecture.class, Architecture.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        return all.stream()
                .filter(architecture -> architecture.reads(config))
                .findFirst()
                .orElseThrow(() -> InvalidInput.of(
                        where + ": architectures",
                        found(config),
                        "must be "
                                + all.stream().map(Architecture::name).sorted().collect(Collectors.joining(" or "))))
                .shape(config, where);
    }

    private static String found(JsonNode config) {
        JsonNode named = config.path("architectures");
        JsonNode told = named.isMissingNode() ? config.path("model_type") : named;
        return told.isMissingNode() ? "absent" : Message.oneLine(told.toString());
    }
}
