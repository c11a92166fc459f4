package org.loradash.spark.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.SingularDirections;
import org.loradash.adapter.SingularTriplets;
import org.loradash.config.DashSettings;
import org.loradash.model.Target;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.cache.DecompositionCache;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.ModelPath;
import org.loradash.tsd.io.TensorDirectory;
import org.loradash.tsd.linalg.SingularValueDecomposition;
import org.loradash.tsd.linalg.ThinSvd;

/**
 * Singular value decompositions of a model's targets, computed by one task a target and kept in a
 * {@link DecompositionCache}.
 *
 * @param directory of this model
 */
record Decompositions(String directory) {

    /**
     * Where a model's decompositions lie: beside the run's directory, for other runs of the same model to use, unless the
     * user names a place.
     */
    static Decompositions of(DashSettings settings, Path run, String modelHash) {
        Path cache =
                settings.cache().map(FileSystems::path).orElseGet(() -> new Path(run.getParent(), "decompositions"));
        return new Decompositions(DecompositionCache.in(cache, modelHash).directory());
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
                    int[] indices = which.take(svd.size(), rank, Adapter.random(seed, target.name()));
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
        try {
            return cache().read(target.name(), target.outputs(), target.inputs(), hadoop);
        } catch (IOException e) {
            throw new UncheckedIOException(cache().file(target.name()).toString(), e);
        }
    }

    private boolean computeIfAbsent(Target target, String model, Configuration hadoop) {
        try {
            if (cache().contains(target.name(), hadoop)) {
                return false;
            }
            float[] weight;
            Path modelPath = ModelPath.of("model.path", model, hadoop);
            try (TensorDirectory weights = TensorDirectory.open(modelPath.getFileSystem(hadoop), modelPath)) {
                weight = weights.readFloats(target.weightName());
            }
            SingularValueDecomposition svd = ThinSvd.of(weight, target.outputs(), target.inputs());
            cache().write(target.name(), svd, TaskContext.get().taskAttemptId(), hadoop);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(directory, e);
        }
    }

    private DecompositionCache cache() {
        return new DecompositionCache(directory);
    }
}
