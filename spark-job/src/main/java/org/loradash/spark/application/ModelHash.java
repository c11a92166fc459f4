package org.loradash.spark.application;

import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** The hash of a model, each of its files read by a task. */
public final class ModelHash {
    private ModelHash() {}

    /** That of {@link org.loradash.tsd.cache.ModelHash}. */
    public static String of(
            JavaSparkContext spark, Broadcast<SerializableConfiguration> hadoop, Path model, List<Path> weights) {
        List<String> files = org.loradash.tsd.cache.ModelHash.files(model, weights);
        spark.setJobDescription("model: hash of " + files.size() + " files");
        List<String> shares = spark.parallelize(files, files.size())
                .map(file -> org.loradash.tsd.cache.ModelHash.ofFile(
                        file, hadoop.value().value()))
                .collect();
        return org.loradash.tsd.cache.ModelHash.ofAll(shares);
    }
}
