package org.loradash.ml;

import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/** What estimators and models have in common. */
public interface LoraDashParams extends Params {
    /** The directory of the model, as {@code model.path}. */
    default Param<String> modelPath() {
        return new Param<>(this, "modelPath", "the model's directory, a Hugging Face one");
    }

    /** Settings of the command's, as its option {@code --set} takes them. */
    default StringArrayParam settings() {
        return new StringArrayParam(this, "settings", "settings of the command lora-dash, each key=value");
    }

    /** The column that a model adds. */
    default Param<String> predictionCol() {
        return new Param<>(this, "predictionCol", "the column of predictions");
    }

    /** The value of {@link #modelPath}. */
    default String getModelPath() {
        return getOrDefault(modelPath());
    }

    /** The value of {@link #settings}. */
    default String[] getSettings() {
        return getOrDefault(settings());
    }

    /** The value of {@link #predictionCol}. */
    default String getPredictionCol() {
        return getOrDefault(predictionCol());
    }
}
