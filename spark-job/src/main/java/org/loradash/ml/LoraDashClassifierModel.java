package org.loradash.ml;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Adds the class of a text, a number where the classes that it learnt were numbers, and the probabilities of all. */
public final class LoraDashClassifierModel extends LoraDashModel<LoraDashClassifierModel> implements ClassifierParams {

    /** For Spark, which loads it by this. */
    public LoraDashClassifierModel(String uid) {
        super(uid);
    }

    /** Whether the classes were numbers. */
    public BooleanParam numericLabels() {
        return new BooleanParam(this, "numericLabels", "whether the classes are numbers");
    }

    /** The value of {@link #numericLabels}. */
    public boolean getNumericLabels() {
        return (Boolean) getOrDefault(numericLabels());
    }

    /** Sets {@link #modelPath}: where the frozen model is now. */
    public LoraDashClassifierModel setModelPath(String value) {
        return (LoraDashClassifierModel) set(modelPath(), value);
    }

    /** Sets {@link #settings}, such as {@code evaluation.batch-size=32}. */
    public LoraDashClassifierModel setSettings(String... value) {
        return (LoraDashClassifierModel) set(settings(), value);
    }

    /** Sets {@link #textCol}. */
    public LoraDashClassifierModel setTextCol(String value) {
        return (LoraDashClassifierModel) set(textCol(), value);
    }

    /** Sets {@link #pairCol}. */
    public LoraDashClassifierModel setPairCol(String value) {
        return (LoraDashClassifierModel) set(pairCol(), value);
    }

    /** Sets {@link #predictionCol}. */
    public LoraDashClassifierModel setPredictionCol(String value) {
        return (LoraDashClassifierModel) set(predictionCol(), value);
    }

    /** Sets {@link #probabilityCol}. */
    public LoraDashClassifierModel setProbabilityCol(String value) {
        return (LoraDashClassifierModel) set(probabilityCol(), value);
    }

    @Override
    Map<String, String> record() {
        return texts();
    }

    @Override
    StructType added() {
        return new StructType()
                .add(getPredictionCol(), getNumericLabels() ? DataTypes.DoubleType : DataTypes.StringType)
                .add(getProbabilityCol(), SQLDataTypes.VectorType());
    }

    @Override
    List<Column> columns(Column said) {
        Column predicted = said.getField("predicted_class");
        return List.of(
                getNumericLabels() ? predicted.cast("double") : predicted,
                org.apache.spark.ml.functions.array_to_vector(said.getField("predicted_probabilities")));
    }

    /** Classes as they are numbered: numbers by their size, texts by their letters. */
    static List<String> inOrder(List<String> classes) {
        boolean numbers = classes.stream().allMatch(name -> name.matches("-?\\d+(\\.\\d+)?(E-?\\d+)?"));
        return classes.stream()
                .sorted(numbers ? Comparator.comparingDouble(Double::parseDouble) : Comparator.naturalOrder())
                .toList();
    }

    @Override
    public LoraDashClassifierModel copy(ParamMap extra) {
        LoraDashClassifierModel copy = defaultCopy(extra);
        return copy.setParent(parent());
    }

    /** Reads a saved one. */
    public static MLReader<LoraDashClassifierModel> read() {
        return new RunReader<>();
    }

    /** Loads a saved one. */
    public static LoraDashClassifierModel load(String path) {
        return read().load(path);
    }
}
