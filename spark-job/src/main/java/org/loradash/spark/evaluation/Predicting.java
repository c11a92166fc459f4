package org.loradash.spark.evaluation;

import java.io.Serializable;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.types.StructType;
import org.loradash.data.Reading;

/** How rows are put to a model, and what is said of them: a text that it writes, or a label. */
interface Predicting extends Serializable {
    /** The columns that are added, with their types. */
    StructType columns();

    /** What must take every row: it makes of it what the model computes on. */
    Reading<?> reading();

    /** Loads what all predictors of a process share. */
    ExaminerFactory.Shared<RowPredictor> open(EvaluatedModel model, Configuration hadoop) throws java.io.IOException;

    /** How many rows take about as long as a question: so many times the settings' numbers are computed and kept together. */
    int perQuestion();

    /** The names of the columns that are added. */
    default Set<String> names() {
        return Set.of(columns().fieldNames());
    }
}
