package org.loradash.tsd.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.io.Sha256;

/** One hash of all files that make a model what it is, the same that the training job computes. */
public final class ModelHash {
    private ModelHash() {}

    /**
     * SHA-256 over names and SHA-256 of config.json and all files of weights, in hexadecimal. Reads them all, several
     * at once.
     *
     * @param weights the files of the model's weights
     */
    public static String of(Path model, List<Path> weights, Configuration hadoop) {
        List<Path> files = new ArrayList<>();
        files.add(new Path(model, "config.json"));
        weights.stream().map(Path::toString).sorted().map(Path::new).forEach(files::add);
        List<String> lines = files.parallelStream()
                .map(file -> file.getName() + " " + ofFile(file, hadoop))
                .toList();
        return Sha256.of(String.join("\n", lines));
    }

    private static String ofFile(Path file, Configuration hadoop) {
        try {
            return Sha256.of(file.getFileSystem(hadoop), file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }
}
