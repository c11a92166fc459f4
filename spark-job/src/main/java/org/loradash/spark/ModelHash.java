package org.loradash.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.tsd.io.Sha256;

/** One hash of all files that make a model what it is, read by a task each. */
final class ModelHash {
    private ModelHash() {}

    /** SHA-256 over names and SHA-256 of config.json and all files of weights, in hexadecimal. */
    static String of(
            JavaSparkContext spark, Broadcast<SerializableConfiguration> hadoop, Path model, List<Path> weights) {
        List<String> files = new ArrayList<>();
        files.add(new Path(model, "config.json").toString());
        weights.stream().map(Path::toString).sorted().forEach(files::add);
        spark.setJobDescription("model: hash of " + files.size() + " files");
        List<String> lines = spark.parallelize(files, files.size())
                .map(file -> new Path(file).getName() + " "
                        + ofFile(file, hadoop.value().value()))
                .collect();
        return Sha256.of(String.join("\n", lines));
    }

    private static String ofFile(String file, Configuration hadoop) throws IOException {
        Path path = new Path(file);
        return Sha256.of(path.getFileSystem(hadoop), path);
    }
}
