package org.loradash.spark.evaluation;

import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.config.SettingsForEvaluation;
import org.loradash.data.RecordFile;
import org.loradash.kernel.NativeLibrary;
import org.loradash.spark.application.TaskDevice;
import org.loradash.spark.evaluation.EvaluationRequest.Subject;
import org.loradash.spark.source.Columns;

/**
 * What a run's model says of the rows of a dataset, beside them: {@code predict} without files. A process keeps the model until
 * another one is asked for.
 */
public final class DatasetPrediction {
    private static final String RECORD = "lora-dash record";

    private final PredictingModel model;
    private final int together;
    private final String evaluation = UUID.randomUUID().toString();

    private DatasetPrediction(PredictingModel model, int together) {
        this.model = model;
        this.together = together;
    }

    /**
     * The model that the run in {@code run.output} made.
     *
     * @throws org.loradash.tsd.InvalidInput for what is not there or does not fit
     */
    public static DatasetPrediction of(SettingsForEvaluation settings, Configuration hadoop) {
        NativeLibrary.select();
        PredictingModel model = PredictingModel.check(settings, new Subject.Run(), hadoop);
        return new DatasetPrediction(
                model, model.predicting().perQuestion() * settings.evaluation().partSize());
    }

    /** What is said of a row: {@code predicted_text}; class, score and probabilities; or {@code predicted_value}. */
    public StructType columns() {
        return model.predicting().columns();
    }

    /**
     * Adds it to rows, lazily. Which rows a process computes together does not change what is said.
     *
     * @param record names that the model's records have, and the columns of each
     * @param name of the structure that is added, with {@link #columns}
     */
    public Dataset<Row> add(Dataset<Row> rows, Map<String, String> record, String name) {
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(rows.sparkSession().sparkContext());
        EvaluatedModel evaluated = new EvaluatedModel(
                evaluation,
                model.model(),
                model.adapter().orElse(null),
                spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration())),
                spark.getConf().getInt("spark.task.cpus", 1));
        StructType columns = columns();
        Column object = to_json(struct(Columns.renamed(record)));
        return rows.withColumn(RECORD, object)
                .mapPartitions(
                        new Said(new Predictors(evaluated, model.predicting()), together, columns.fieldNames()),
                        Encoders.row(rows.schema().add(name, columns)));
    }

    private record Predictors(EvaluatedModel model, Predicting predicting) implements ExaminerFactory<RowPredictor> {
        @Override
        public Shared<RowPredictor> open() throws IOException {
            return predicting.open(model, model.configuration());
        }
    }

    private record Said(Predictors predictors, int together, String[] names)
            implements MapPartitionsFunction<Row, Row>, Serializable {
        @Override
        public Iterator<Row> call(Iterator<Row> rows) {
            TaskDevice.use();
            NativeLibrary.confineToCallingThread();
            return new Rows(this, rows);
        }
    }

    /** Rows with what is said of them, so many at a time. */
    private static final class Rows implements Iterator<Row> {
        private final Said of;
        private final Iterator<Row> rows;
        private int read = 0;
        private Iterator<Row> said = List.<Row>of().iterator();

        Rows(Said of, Iterator<Row> rows) {
            this.of = of;
            this.rows = rows;
        }

        @Override
        public boolean hasNext() {
            return said.hasNext() || rows.hasNext();
        }

        @Override
        public Row next() {
            if (!said.hasNext()) {
                said = say();
            }
            if (!said.hasNext()) {
                throw new NoSuchElementException();
            }
            return said.next();
        }

        private Iterator<Row> say() {
            List<Row> asked = new ArrayList<>();
            StringBuilder lines = new StringBuilder();
            while (rows.hasNext() && asked.size() < of.together) {
                Row row = rows.next();
                asked.add(row);
                lines.append(row.getString(row.size() - 1)).append('\n');
            }
            List<Row> answered = new ArrayList<>();
            List<Map<String, Object>> all = predict(lines.toString());
            for (int i = 0; i < asked.size(); i++) {
                answered.add(row(asked.get(i), all.get(i)));
            }
            read += asked.size();
            return answered.iterator();
        }

        private List<Map<String, Object>> predict(String lines) {
            Configuration hadoop = of.predictors.model().configuration();
            RecordFile file = RecordFile.rows(
                    hadoop, "rows", "rows", new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
            try (ProcessExaminers.Lent<RowPredictor> lent = ProcessExaminers.lend(of.predictors)) {
                return lent.examiner().predict(file, read);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The row without its record, and what is said behind it. */
        private Row row(Row row, Map<String, Object> more) {
            Object[] values = new Object[row.size()];
            for (int i = 0; i < row.size() - 1; i++) {
                values[i] = row.get(i);
            }
            values[row.size() - 1] = RowFactory.create(Arrays.stream(of.names)
                    .map(more::get)
                    .map(value -> value instanceof List<?> list ? list.toArray() : value)
                    .toArray());
            return RowFactory.create(values);
        }
    }
}
