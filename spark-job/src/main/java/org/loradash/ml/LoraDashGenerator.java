package org.loradash.ml;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.loradash.spark.source.Columns;

/** Learns to respond to prompts, or to go on with conversations. */
public final class LoraDashGenerator extends LoraDashEstimator<LoraDashGeneratorModel> implements GeneratorParams {

    public LoraDashGenerator() {
        this(Identifiable$.MODULE$.randomUID("loraDashGenerator"));
    }

    public LoraDashGenerator(String uid) {
        super(uid);
        setDefault(promptCol(), "prompt");
        setDefault(responseCol(), "response");
    }

    /** Sets {@link #modelPath}. */
    public LoraDashGenerator setModelPath(String value) {
        return (LoraDashGenerator) set(modelPath(), value);
    }

    /** Sets {@link #runsPath}. */
    public LoraDashGenerator setRunsPath(String value) {
        return (LoraDashGenerator) set(runsPath(), value);
    }

    /** Sets {@link #configuration}. */
    public LoraDashGenerator setConfiguration(String value) {
        return (LoraDashGenerator) set(configuration(), value);
    }

    /** Sets {@link #settings}. */
    public LoraDashGenerator setSettings(String... value) {
        return (LoraDashGenerator) set(settings(), value);
    }

    /** Sets {@link #promptCol}. */
    public LoraDashGenerator setPromptCol(String value) {
        return (LoraDashGenerator) set(promptCol(), value);
    }

    /** Sets {@link #contextCol}. */
    public LoraDashGenerator setContextCol(String value) {
        return (LoraDashGenerator) set(contextCol(), value);
    }

    /** Sets {@link #responseCol}. */
    public LoraDashGenerator setResponseCol(String value) {
        return (LoraDashGenerator) set(responseCol(), value);
    }

    /** Sets {@link #messagesCol}. */
    public LoraDashGenerator setMessagesCol(String value) {
        return (LoraDashGenerator) set(messagesCol(), value);
    }

    /** Sets {@link #predictionCol}. */
    public LoraDashGenerator setPredictionCol(String value) {
        return (LoraDashGenerator) set(predictionCol(), value);
    }

    @Override
    Dataset<Row> records(Dataset<Row> rows) {
        Map<String, String> columns = new LinkedHashMap<>(prompt());
        if (!isDefined(messagesCol())) {
            columns.put("output", getResponseCol());
        }
        return rows.select(Columns.renamed(columns));
    }

    @Override
    List<String> task(Dataset<Row> records) {
        return List.of("task.kind=language", "data.format=" + (isDefined(messagesCol()) ? "chat" : "instruction"));
    }

    @Override
    LoraDashGeneratorModel model(StructType schema) {
        if (!isDefined(messagesCol())) {
            Columns.check(schema, List.of(getResponseCol()));
        }
        LoraDashGeneratorModel model =
                new LoraDashGeneratorModel(Identifiable$.MODULE$.randomUID("loraDashGeneratorModel"));
        return copyValues(model, ParamMap.empty());
    }

    @Override
    public LoraDashGenerator copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    /** Reads a saved one. */
    public static MLReader<LoraDashGenerator> read() {
        return new DefaultParamsReadable<LoraDashGenerator>() {}.read();
    }

    /** Loads a saved one. */
    public static LoraDashGenerator load(String path) {
        return read().load(path);
    }
}
