package org.loradash.spark.evaluation;

import java.io.IOException;
import java.io.Serializable;

/**
 * Makes what examines on an executor, around the process's one copy of the model.
 *
 * @param <E> used by one task at a time
 */
interface ExaminerFactory<E extends AutoCloseable> extends Serializable {
    EvaluatedModel model();

    /** Loads what all examiners of a process share. */
    Shared<E> open() throws IOException;

    /** What they share. */
    interface Shared<E> extends AutoCloseable {
        E create();

        @Override
        default void close() {}
    }
}
