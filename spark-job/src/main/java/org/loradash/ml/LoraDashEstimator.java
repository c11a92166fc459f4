package org.loradash.ml;

import java.util.List;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.loradash.tsd.InvalidInput;

/**
 * Trains on a dataset as the command trains on files: with Spark's own context, into a directory of the run, where a fit that was
 * stopped goes on when it is called again. The order of the rows is that of the SHA-256 of what they say, so the result does not depend on
 * how the dataset is parted.
 *
 * @param <M> the model
 */
public abstract class LoraDashEstimator<M extends LoraDashModel<M>> extends Estimator<M>
        implements LoraDashParams, DefaultParamsWritable {
    private final String uid;

    LoraDashEstimator(String uid) {
        this.uid = uid;
        setDefault(settings(), new String[0]);
        setDefault(predictionCol(), "prediction");
    }

    @Override
    public String uid() {
        return uid;
    }

    /** A configuration file, whose data, task and run are replaced. */
    public Param<String> configuration() {
        return new Param<>(this, "configuration", "a configuration file of the command lora-dash");
    }

    /** Where runs go: each in a directory of its own, named by what it is trained on and how. */
    public Param<String> runsPath() {
        return new Param<>(this, "runsPath", "the directory of runs, which driver and executors reach");
    }

    /** The value of {@link #configuration}. */
    public String getConfiguration() {
        return getOrDefault(configuration());
    }

    /** The value of {@link #runsPath}. */
    public String getRunsPath() {
        return getOrDefault(runsPath());
    }

    /** Rows as records of the task, under the names that {@link #task} says. */
    abstract Dataset<Row> records(Dataset<Row> rows);

    /** The settings that make a task of records. */
    abstract List<String> task(Dataset<Row> records);

    /** A model of these columns. */
    abstract M model(StructType schema);

    /**
     * Trains, and returns what was trained.
     *
     * @throws InvalidInput for what does not fit, before any long work
     */
    @Override
    public M fit(Dataset<?> rows) {
        transformSchema(rows.schema());
        if (!isDefined(runsPath())) {
            throw InvalidInput.of("runsPath", "not set", "must be a directory that driver and executors reach");
        }
        Dataset<Row> records = records(rows.toDF());
        Fit fit = new Fit(isDefined(configuration()) ? getConfiguration() : null, getRunsPath());
        M model = model(rows.schema());
        String run = fit.run(records, OwnSettings.of(this, task(records)));
        M fitted = model.setParent(this);
        copyValues(fitted, ParamMap.empty());
        fitted.set(fitted.runPath(), run);
        return fitted;
    }

    @Override
    public StructType transformSchema(StructType schema) {
        return model(schema).transformSchema(schema);
    }
}
