package org.loradash.tsd.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.ModelConfig;
import org.loradash.tsd.io.Sha256;

/** One hash of all files that make a model what it is. */
public final class ModelHash {
    private ModelHash() {}

    /**
     * SHA-256 over names and SHA-256 of config.json and all files of weights, in hexadecimal. Reads them all, several
     * at once.
     *
     * @param weights the files of the model's weights
     */
    public static String of(Path model, List<Path> weights, Configuration hadoop) {
        return ofAll(files(model, weights).parallelStream()
                .map(file -> ofFile(file, hadoop))
                .toList());
    }

    /** The files that make a model what it is, in the order of {@link #ofAll}. */
    public static List<String> files(Path model, List<Path> weights) {
        return Stream.concat(
                        Stream.of(new Path(model, ModelConfig.FILE).toString()),
                        weights.stream().map(Path::toString).sorted())
                .toList();
    }

    /** The share of one of {@link #files} in the hash; reads the file. */
    public static String ofFile(String file, Configuration hadoop) {
        Path path = FileSystems.path(file);
        try {
            return path.getName() + " " + Sha256.of(path.getFileSystem(hadoop), path);
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }

    /** The hash, from the shares of all files. */
    public static String ofAll(List<String> shares) {
        return Sha256.of(String.join("\n", shares));
    }
}
