package org.loradash.ml;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.loradash.config.SettingsForEvaluation;
import org.loradash.config.SettingsReader;
import org.loradash.spark.evaluation.DatasetPrediction;
import org.loradash.spark.source.Columns;

/**
 * What a run has made of a model. Saved, it has all that the run's directory is needed for; the frozen model stays where it is.
 *
 * @param <M> itself
 */
public abstract class LoraDashModel<M extends LoraDashModel<M>> extends Model<M>
        implements LoraDashParams, DefaultParamsWritable {
    private static final String SAID = "lora-dash said";

    private final String uid;

    LoraDashModel(String uid) {
        this.uid = uid;
        setDefault(settings(), new String[0]);
        setDefault(predictionCol(), "prediction");
    }

    @Override
    public String uid() {
        return uid;
    }

    /** The directory of the run that made the model: the command takes it too. */
    public Param<String> runPath() {
        return new Param<>(this, "runPath", "the directory of the run that made the model");
    }

    /** The value of {@link #runPath}. */
    public String getRunPath() {
        return getOrDefault(runPath());
    }

    /** What the task calls the parts of a record, and the columns of each. */
    abstract Map<String, String> record();

    /** What is added to rows, with types. */
    abstract StructType added();

    /** Columns of {@link #added} of what the run's model says. */
    abstract List<Column> columns(Column said);

    @Override
    public Dataset<Row> transform(Dataset<?> rows) {
        StructType schema = transformSchema(rows.schema());
        Configuration hadoop = rows.sparkSession().sparkContext().hadoopConfiguration();
        DatasetPrediction prediction = DatasetPrediction.of(settings(hadoop), hadoop);
        Stream<Column> before = Stream.of(rows.schema().fieldNames()).map(Columns::named);
        Column[] all =
                Stream.concat(before, columns(Columns.named(SAID)).stream()).toArray(Column[]::new);
        return prediction.add(rows.toDF(), record(), SAID).select(all).toDF(schema.fieldNames());
    }

    private SettingsForEvaluation settings(Configuration hadoop) {
        List<String> all = OwnSettings.of(this, List.of(OwnSettings.text("run.output", getRunPath())));
        return new SettingsReader(hadoop).readForEvaluation(new Path(getRunPath(), "resolved.conf").toString(), all);
    }

    @Override
    public StructType transformSchema(StructType schema) {
        Columns.check(schema, record().values());
        StructType all = schema;
        for (var column : added().fields()) {
            if (Arrays.asList(schema.fieldNames()).contains(column.name())) {
                throw new IllegalArgumentException("the column %s is there already".formatted(column.name()));
            }
            all = all.add(column);
        }
        return all;
    }

    @Override
    public MLWriter write() {
        return new RunWriter(this, DefaultParamsWritable.super.write());
    }
}
