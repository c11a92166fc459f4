package org.loradash.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.SingularDirections;
import org.loradash.adapter.SingularTriplets;
import org.loradash.config.Settings;
import org.loradash.model.Target;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsDirectory;
import org.loradash.tsd.io.SafetensorsFile;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.linalg.SingularValueDecomposition;
import org.loradash.tsd.linalg.ThinSvd;

/**
 * Singular value decompositions of a model's targets, computed by one task a target and kept in a cache: a directory for
 * each model hash, in it a safetensors file for each target with {@code u}, {@code sigma} and {@code v}.
 *
 * @param directory of this model
 */
record Decompositions(String directory) {

    /**
     * Where a model's decompositions lie: beside the run's directory, for other runs of the same model to use, unless the
     * user names a place.
     */
    static Decompositions of(Settings.Dash settings, Path run, String modelHash) {
        Path cache = settings.cache().map(Path::new).orElseGet(() -> new Path(run.getParent(), "decompositions"));
        return new Decompositions(new Path(cache, modelHash).toString());
    }

    /**
     * Computes what the cache lacks.
     *
     * @return how many were computed
     */
    int complete(
            JavaSparkContext spark, Broadcast<SerializableConfiguration> hadoop, String model, List<Target> targets) {
        spark.setJobDescription("decompositions of " + targets.size() + " targets");
        String cache = directory;
        return (int) spark.parallelize(targets, targets.size())
                .filter(target -> new Decompositions(cache)
                        .computeIfAbsent(target, model, hadoop.value().value()))
                .count();
    }

    /**
     * The triplets that an adapter's method starts from, by target: each by a task that decomposes what the cache lacks.
     *
     * @param which directions of each target
     * @param seed of random ones
     */
    Map<String, SingularTriplets> triplets(
            JavaSparkContext spark,
            Broadcast<SerializableConfiguration> hadoop,
            String model,
            Adapter adapter,
            SingularDirections which,
            long seed) {
        List<Target> targets = adapter.targets();
        spark.setJobDescription("start: singular triplets of " + targets.size() + " targets");
        String cache = directory;
        int rank = adapter.rank();
        List<SingularTriplets> found = spark.parallelize(targets, targets.size())
                .map(target -> {
                    Decompositions decompositions = new Decompositions(cache);
                    decompositions.computeIfAbsent(target, model, hadoop.value().value());
                    SingularValueDecomposition svd =
                            decompositions.read(target, hadoop.value().value());
                    int[] indices = which.take(svd.size(), rank, Adapter.random(seed, target));
                    return SingularTriplets.of(svd, indices);
                })
                .collect();
        Map<String, SingularTriplets> triplets = new LinkedHashMap<>();
        for (int i = 0; i < found.size(); i++) {
            triplets.put(targets.get(i).name(), found.get(i));
        }
        return triplets;
    }

    /**
     * A target's decomposition, from the cache.
     *
     * @throws InvalidInput where the file is damaged
     */
    SingularValueDecomposition read(Target target, Configuration hadoop) {
        Path path = file(target);
        try (SafetensorsFile file = SafetensorsFile.open(path.getFileSystem(hadoop), path)) {
            return new SingularValueDecomposition(
                    target.outputs(),
                    target.inputs(),
                    file.readFloats("u"),
                    file.readFloats("sigma"),
                    file.readFloats("v"));
        } catch (IOException e) {
            throw new UncheckedIOException(path.toString(), e);
        }
    }

    private boolean computeIfAbsent(Target target, String model, Configuration hadoop) {
        try {
            Path path = file(target);
            FileSystem files = path.getFileSystem(hadoop);
            if (files.exists(path)) {
                return false;
            }
            float[] weight;
            Path modelPath = new Path(model);
            try (SafetensorsDirectory weights = SafetensorsDirectory.open(modelPath.getFileSystem(hadoop), modelPath)) {
                weight = weights.readFloats(target.weightName());
            }
            write(files, path, ThinSvd.of(weight, target.outputs(), target.inputs()));
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(directory, e);
        }
    }

    /** Whole or not at all: several attempts, or several runs, may write the same file. */
    private static void write(FileSystem files, Path path, SingularValueDecomposition svd) throws IOException {
        long attempt = TaskContext.get().taskAttemptId();
        Path aside = new Path(path.getParent(), "." + path.getName() + "." + attempt + "." + System.nanoTime());
        files.mkdirs(path.getParent());
        try (OutputStream out = files.create(aside, true)) {
            SafetensorsWriter.write(
                    out,
                    Map.of(),
                    List.of(
                            NamedTensor.of("u", svd.u(), svd.rows(), svd.size()),
                            NamedTensor.of("sigma", svd.sigma(), svd.size()),
                            NamedTensor.of("v", svd.v(), svd.columns(), svd.size())));
        }
        if (!files.rename(aside, path)) {
            files.delete(aside, false);
            if (!files.exists(path)) {
                throw new IOException("cannot rename " + aside + " to " + path.getName());
            }
        }
    }

    private Path file(Target target) {
        return new Path(directory, target.name() + ".safetensors");
    }
}
