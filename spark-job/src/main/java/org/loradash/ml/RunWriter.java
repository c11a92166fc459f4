package org.loradash.ml;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.MLWriter;

/** Saves a model's params, and beside them the files of its run that it needs. */
final class RunWriter extends MLWriter {
    /** The run's directory in that of a saved model. */
    static final String RUN = "run";

    private static final List<String> FILES = List.of("resolved.conf", "adapter", "model", "report.html", "_SUCCESS");

    private final LoraDashModel<?> model;
    private final MLWriter params;

    RunWriter(LoraDashModel<?> model, MLWriter params) {
        this.model = model;
        this.params = params;
    }

    @Override
    public void saveImpl(String path) {
        Configuration hadoop = sparkSession().sparkContext().hadoopConfiguration();
        Path to = new Path(path, RUN);
        Path from = new Path(model.getRunPath());
        try {
            params.session(sparkSession()).save(path);
            FileSystem source = from.getFileSystem(hadoop);
            FileSystem target = to.getFileSystem(hadoop);
            target.mkdirs(to);
            for (String file : FILES) {
                Path given = new Path(from, file);
                if (source.exists(given)) {
                    FileUtil.copy(source, given, target, new Path(to, file), false, hadoop);
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(path, e);
        }
    }
}
