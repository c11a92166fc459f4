package org.loradash.tsd.cache;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.TensorFile;
import org.loradash.tsd.io.WholeFile;
import org.loradash.tsd.linalg.SingularValueDecomposition;

/**
 * The decompositions of one model's targets.
 *
 * @param directory of this model, on any Hadoop file system
 */
public record DecompositionCache(String directory) {
    /** Where a model's decompositions lie in a cache of many models. */
    public static DecompositionCache in(Path cache, String modelHash) {
        return new DecompositionCache(new Path(cache, modelHash).toString());
    }

    /** Whether a target's decomposition is there. */
    public boolean contains(String target, Configuration hadoop) throws IOException {
        Path path = file(target);
        return path.getFileSystem(hadoop).exists(path);
    }

    /**
     * A target's decomposition.
     *
     * @param rows of the target's weight
     * @param columns of the target's weight
     * @throws InvalidInput where the file is missing, damaged or of another shape
     */
    public SingularValueDecomposition read(String target, int rows, int columns, Configuration hadoop)
            throws IOException {
        Path path = file(target);
        int n = Math.min(rows, columns);
        try (TensorFile file = TensorFile.open(path.getFileSystem(hadoop), path)) {
            checkShape(file, "u", rows, n);
            checkShape(file, "sigma", n);
            checkShape(file, "v", columns, n);
            return new SingularValueDecomposition(
                    rows, columns, file.readFloats("u"), file.readFloats("sigma"), file.readFloats("v"));
        }
    }

    /**
     * Keeps a target's decomposition, whole or not at all: several attempts, or several runs, may write the same file.
     *
     * @param attempt tells those apart that write at once in one process
     */
    public void write(String target, SingularValueDecomposition svd, long attempt, Configuration hadoop)
            throws IOException {
        Path path = file(target);
        FileSystem files = path.getFileSystem(hadoop);
        Path aside = new Path(path.getParent(), "." + path.getName() + "." + attempt + "." + System.nanoTime());
        files.mkdirs(path.getParent());
        try (FSDataOutputStream out = files.create(aside, true)) {
            SafetensorsWriter.write(
                    out,
                    Map.of(),
                    List.of(
                            NamedTensor.of("u", svd.u(), svd.rows(), svd.size()),
                            NamedTensor.of("sigma", svd.sigma(), svd.size()),
                            NamedTensor.of("v", svd.v(), svd.columns(), svd.size())));
            WholeFile.sync(out);
        }
        if (!files.rename(aside, path)) {
            files.delete(aside, false);
            if (!files.exists(path)) {
                throw new IOException("cannot rename " + aside + " to " + path.getName());
            }
        }
    }

    /** Where a target's decomposition lies. */
    public Path file(String target) {
        return new Path(directory, target + ".safetensors");
    }

    private static void checkShape(TensorFile file, String name, long... shape) {
        long[] found = file.tensor(name).shape();
        if (!Arrays.equals(found, shape)) {
            throw InvalidInput.of(
                    file.path() + ": " + name,
                    "shape " + Arrays.toString(found),
                    "must be " + Arrays.toString(shape) + ", for the shape of the weight");
        }
    }
}
