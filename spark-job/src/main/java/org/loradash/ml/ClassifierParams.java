package org.loradash.ml;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.ml.param.Param;

/** What a classifier and its model have in common. */
public interface ClassifierParams extends LoraDashParams {
    /** The column of texts. */
    default Param<String> textCol() {
        return new Param<>(this, "textCol", "the column of texts");
    }

    /** The column of second texts, where there are pairs. */
    default Param<String> pairCol() {
        return new Param<>(this, "pairCol", "the column of second texts, where texts come in pairs");
    }

    /** The column of classes: texts, or numbers. */
    default Param<String> labelCol() {
        return new Param<>(this, "labelCol", "the column of classes, texts or numbers");
    }

    /** The column of the probabilities of all classes. */
    default Param<String> probabilityCol() {
        return new Param<>(this, "probabilityCol", "the column of the probabilities of all classes, in their order");
    }

    /** The value of {@link #textCol}. */
    default String getTextCol() {
        return getOrDefault(textCol());
    }

    /** The value of {@link #pairCol}. */
    default String getPairCol() {
        return getOrDefault(pairCol());
    }

    /** The value of {@link #labelCol}. */
    default String getLabelCol() {
        return getOrDefault(labelCol());
    }

    /** The value of {@link #probabilityCol}. */
    default String getProbabilityCol() {
        return getOrDefault(probabilityCol());
    }

    /** What {@link LoraDashClassifier} calls a record's texts, and the columns of each. */
    default Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("text", getTextCol());
        if (isDefined(pairCol())) {
            texts.put("pair", getPairCol());
        }
        return texts;
    }
}
