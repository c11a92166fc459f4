package org.loradash.spark.evaluation;

import java.io.IOException;
import java.io.Serializable;
import org.loradash.evaluate.Examiner;

/** Makes what examines on an executor, around the process's one copy of the model. */
interface ExaminerFactory extends Serializable {
    EvaluatedModel model();

    /** Loads what all examiners of a process share. */
    Shared open() throws IOException;

    /** What they share. */
    interface Shared extends AutoCloseable {
        Examiner create();

        @Override
        default void close() {}
    }
}
