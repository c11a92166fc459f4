package org.loradash.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.model.Target;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.cache.DecompositionCache;
import org.loradash.tsd.io.SafetensorsDirectory;
import org.loradash.tsd.linalg.SingularValueDecomposition;
import org.loradash.tsd.linalg.ThinSvd;

/**
 * Singular value decompositions of a model's targets, computed by one task a target and kept in a
 * {@link DecompositionCache}.
 *
 * @param directory of this model
 */
record Decompositions(String directory) {

    /** Where a model's decompositions lie in a cache. */
    static Decompositions in(Path cache, String modelHash) {
        return new Decompositions(DecompositionCache.in(cache, modelHash).directory());
    }

    /**
     * Computes what the cache lacks.
     *
     * @return how many were computed
     */
    int complete(
            JavaSparkContext spark, Broadcast<SerializableConfiguration> hadoop, String model, List<Target> targets) {
        spark.setJobDescription("boundary: decompositions of " + targets.size() + " targets");
        String cache = directory;
        return (int) spark.parallelize(targets, targets.size())
                .filter(target -> new Decompositions(cache)
                        .computeIfAbsent(target, model, hadoop.value().value()))
                .count();
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
            Path modelPath = new Path(model);
            try (SafetensorsDirectory weights = SafetensorsDirectory.open(modelPath.getFileSystem(hadoop), modelPath)) {
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
