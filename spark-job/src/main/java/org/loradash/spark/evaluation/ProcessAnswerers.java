package org.loradash.spark.evaluation;

import org.loradash.evaluate.Answerer;
import org.loradash.spark.rounds.Pool;

/** What a process keeps of the evaluation that it computes: answerers, each used by one task at a time. */
final class ProcessAnswerers {
    private static ProcessAnswerers present;

    private final String evaluation;
    private final AnswererFactory.Shared shared;
    private final Pool<Answerer> pool;

    private ProcessAnswerers(AnswererFactory factory) {
        this.evaluation = factory.evaluation();
        this.shared = factory.shared();
        this.pool = new Pool<>(() -> factory.create(shared), Answerer::close);
    }

    /** This process's answerers of an evaluation, made when they are first asked for; those of another one are forgotten. */
    static synchronized Pool<Answerer> of(AnswererFactory factory) {
        if (present == null || !present.evaluation.equals(factory.evaluation())) {
            clear();
            present = new ProcessAnswerers(factory);
        }
        return present.pool;
    }

    /** Lets them go. */
    static synchronized void clear() {
        if (present != null) {
            present.pool.close();
            present.shared.tokenizer().close();
            present = null;
        }
    }
}
