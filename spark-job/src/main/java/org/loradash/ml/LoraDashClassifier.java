package org.loradash.ml;

import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;
import org.loradash.spark.source.Columns;
import org.loradash.tsd.InvalidInput;

/** Learns the classes of texts, or of pairs of texts. */
public final class LoraDashClassifier extends LoraDashEstimator<LoraDashClassifierModel> implements ClassifierParams {
    private static final int MOST_CLASSES = 10_000;

    public LoraDashClassifier() {
        this(Identifiable$.MODULE$.randomUID("loraDashClassifier"));
    }

    public LoraDashClassifier(String uid) {
        super(uid);
        setDefault(textCol(), "text");
        setDefault(labelCol(), "label");
        setDefault(probabilityCol(), "probability");
    }

    /** The classes in the order of their probabilities. */
    public StringArrayParam labels() {
        return new StringArrayParam(
                this, "labels", "the classes in the order of their probabilities; if not set, those that rows have");
    }

    /** The value of {@link #labels}. */
    public String[] getLabels() {
        return getOrDefault(labels());
    }

    /** Sets {@link #modelPath}. */
    public LoraDashClassifier setModelPath(String value) {
        return (LoraDashClassifier) set(modelPath(), value);
    }

    /** Sets {@link #runsPath}. */
    public LoraDashClassifier setRunsPath(String value) {
        return (LoraDashClassifier) set(runsPath(), value);
    }

    /** Sets {@link #configuration}. */
    public LoraDashClassifier setConfiguration(String value) {
        return (LoraDashClassifier) set(configuration(), value);
    }

    /** Sets {@link #settings}. */
    public LoraDashClassifier setSettings(String... value) {
        return (LoraDashClassifier) set(settings(), value);
    }

    /** Sets {@link #textCol}. */
    public LoraDashClassifier setTextCol(String value) {
        return (LoraDashClassifier) set(textCol(), value);
    }

    /** Sets {@link #pairCol}. */
    public LoraDashClassifier setPairCol(String value) {
        return (LoraDashClassifier) set(pairCol(), value);
    }

    /** Sets {@link #labelCol}. */
    public LoraDashClassifier setLabelCol(String value) {
        return (LoraDashClassifier) set(labelCol(), value);
    }

    /** Sets {@link #labels}. */
    public LoraDashClassifier setLabels(String... value) {
        return (LoraDashClassifier) set(labels(), value);
    }

    /** Sets {@link #predictionCol}. */
    public LoraDashClassifier setPredictionCol(String value) {
        return (LoraDashClassifier) set(predictionCol(), value);
    }

    /** Sets {@link #probabilityCol}. */
    public LoraDashClassifier setProbabilityCol(String value) {
        return (LoraDashClassifier) set(probabilityCol(), value);
    }

    /** Numbers that are whole are classes without a point: Spark's own stages make doubles of indices. */
    @Override
    Dataset<Row> records(Dataset<Row> rows) {
        Column label = Columns.named(getLabelCol());
        if (isNumeric(rows.schema())) {
            Column number = label.cast("double");
            Column whole = number.cast("long");
            label = when(whole.cast("double").equalTo(number), whole.cast("string"))
                    .otherwise(number.cast("string"));
        }
        Stream<Column> all = Stream.concat(
                Stream.of(Columns.renamed(texts())),
                Stream.of(label.cast("string").as("label")));
        return rows.select(all.toArray(Column[]::new));
    }

    @Override
    List<String> task(Dataset<Row> records) {
        List<String> task = new ArrayList<>(List.of(
                "task.kind=classification", "data.format=text", "data.columns.text=text", "data.columns.label=label"));
        if (isDefined(pairCol())) {
            task.add("data.columns.pair=pair");
        }
        task.add(OwnSettings.texts(
                "task.labels", isDefined(labels()) ? Arrays.stream(getLabels()) : classes(records).stream()));
        return task;
    }

    private static List<String> classes(Dataset<Row> records) {
        List<String> classes =
                records.select("label").na().drop().distinct().limit(MOST_CLASSES + 1).collectAsList().stream()
                        .map(row -> row.getString(0))
                        .toList();
        if (classes.size() < 2 || classes.size() > MOST_CLASSES) {
            throw InvalidInput.of(
                    "labelCol",
                    classes.size() > MOST_CLASSES
                            ? "more than " + MOST_CLASSES + " classes"
                            : classes.size() + " classes",
                    "must have from 2 to " + MOST_CLASSES);
        }
        return LoraDashClassifierModel.inOrder(classes);
    }

    @Override
    LoraDashClassifierModel model(StructType schema) {
        LoraDashClassifierModel model =
                new LoraDashClassifierModel(Identifiable$.MODULE$.randomUID("loraDashClassifierModel"));
        copyValues(model, ParamMap.empty());
        Columns.check(schema, List.of(getLabelCol()));
        model.set(model.numericLabels(), isNumeric(schema));
        return model;
    }

    private boolean isNumeric(StructType schema) {
        return schema.apply(getLabelCol()).dataType() instanceof NumericType;
    }

    @Override
    public LoraDashClassifier copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    /** Reads a saved one. */
    public static MLReader<LoraDashClassifier> read() {
        return new DefaultParamsReadable<LoraDashClassifier>() {}.read();
    }

    /** Loads a saved one. */
    public static LoraDashClassifier load(String path) {
        return read().load(path);
    }
}
