package org.loradash.spark.evaluation;

import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.loradash.evaluate.EvaluationDirectory;
import org.loradash.evaluate.Examiner;
import org.loradash.evaluate.Line;
import org.loradash.evaluate.Results;
import org.loradash.evaluate.SetSize;
import org.loradash.run.EvaluationProgress;

/** What a model is evaluated on: questions that it answers, or records whose labels it predicts. */
interface Examination {
    /** How it is told to a person. */
    EvaluationProgress.Kind kind();

    /** Titles of its sets, in their order. */
    List<String> titles();

    /** The hash of each set's file by its title, where it is known before tasks read the records. */
    Map<String, String> hashes();

    /** What reads its lines. */
    Line.Reader reader();

    /**
     * Makes ready what tasks need of the sets.
     *
     * @throws org.loradash.tsd.InvalidInput for a mistake in a set's file
     */
    Ready prepare(JavaSparkContext spark, EvaluatedModel model, EvaluationDirectory directory);

    /** The figures, once all lines are there. */
    Results results(EvaluationDirectory directory);

    /** Lets go of what this process holds of the sets. */
    default void close(EvaluationDirectory directory) {}

    /** The sets' sizes, their hashes, and what examines them. */
    record Ready(List<SetSize> sizes, Map<String, String> hashes, ExaminerFactory<Examiner> factory) {}
}
