package org.loradash.ml;

import java.util.List;
import java.util.Map;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Adds what it responds. */
public final class LoraDashGeneratorModel extends LoraDashModel<LoraDashGeneratorModel> implements GeneratorParams {

    /** For Spark, which loads it by this. */
    public LoraDashGeneratorModel(String uid) {
        super(uid);
    }

    /** Sets {@link #modelPath}: where the frozen model is now. */
    public LoraDashGeneratorModel setModelPath(String value) {
        return (LoraDashGeneratorModel) set(modelPath(), value);
    }

    /** Sets {@link #settings}, such as {@code evaluation.max-tokens=64}. */
    public LoraDashGeneratorModel setSettings(String... value) {
        return (LoraDashGeneratorModel) set(settings(), value);
    }

    /** Sets {@link #promptCol}. */
    public LoraDashGeneratorModel setPromptCol(String value) {
        return (LoraDashGeneratorModel) set(promptCol(), value);
    }

    /** Sets {@link #contextCol}. */
    public LoraDashGeneratorModel setContextCol(String value) {
        return (LoraDashGeneratorModel) set(contextCol(), value);
    }

    /** Sets {@link #messagesCol}. */
    public LoraDashGeneratorModel setMessagesCol(String value) {
        return (LoraDashGeneratorModel) set(messagesCol(), value);
    }

    /** Sets {@link #predictionCol}. */
    public LoraDashGeneratorModel setPredictionCol(String value) {
        return (LoraDashGeneratorModel) set(predictionCol(), value);
    }

    @Override
    Map<String, String> record() {
        return prompt();
    }

    @Override
    StructType added() {
        return new StructType().add(getPredictionCol(), DataTypes.StringType);
    }

    @Override
    List<Column> columns(Column said) {
        return List.of(said.getField("predicted_text"));
    }

    @Override
    public LoraDashGeneratorModel copy(ParamMap extra) {
        LoraDashGeneratorModel copy = defaultCopy(extra);
        return copy.setParent(parent());
    }

    /** Reads a saved one. */
    public static MLReader<LoraDashGeneratorModel> read() {
        return new RunReader<>();
    }

    /** Loads a saved one. */
    public static LoraDashGeneratorModel load(String path) {
        return read().load(path);
    }
}
