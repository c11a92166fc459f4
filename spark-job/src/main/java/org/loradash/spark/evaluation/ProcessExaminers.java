package org.loradash.spark.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.loradash.evaluate.Examiner;
import org.loradash.spark.rounds.Pool;

/** What a process keeps of the evaluation that it computes: examiners, each used by one task at a time. */
final class ProcessExaminers {
    private static ProcessExaminers present;

    private final String evaluation;
    private final ExaminerFactory.Shared shared;
    private final Pool<Examiner> pool;

    private ProcessExaminers(ExaminerFactory factory) {
        this.evaluation = factory.model().evaluation();
        try {
            this.shared = factory.open();
        } catch (IOException e) {
            throw new UncheckedIOException(factory.model().model().path(), e);
        }
        this.pool = new Pool<>(shared::create, Examiner::close);
    }

    /** This process's examiners of an evaluation, made when they are first asked for; those of another one are forgotten. */
    static synchronized Pool<Examiner> of(ExaminerFactory factory) {
        if (present == null || !present.evaluation.equals(factory.model().evaluation())) {
            clear();
            present = new ProcessExaminers(factory);
        }
        return present.pool;
    }

    /** Lets them go. */
    static synchronized void clear() {
        if (present != null) {
            present.pool.close();
            present.shared.close();
            present = null;
        }
    }
}
