package org.loradash.ml;

import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.MLReader;

/** Loads a model that {@link RunWriter} has saved. */
final class RunReader<M extends LoraDashModel<M>> extends MLReader<M> {
    @Override
    public M load(String path) {
        MLReader<M> params = new DefaultParamsReadable<M>() {}.read();
        M model = params.session(sparkSession()).load(path);
        model.set(model.runPath(), new Path(path, RunWriter.RUN).toString());
        return model;
    }
}
