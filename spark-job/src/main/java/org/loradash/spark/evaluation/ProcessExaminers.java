package org.loradash.spark.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.loradash.spark.rounds.Pool;

/**
 * What a process keeps of the model that it evaluates: examiners, each used by one task at a time. Those of another model take
 * their place; what is in use then ends when it is given back.
 */
final class ProcessExaminers<E extends AutoCloseable> {
    private static ProcessExaminers<?> present;

    private final String evaluation;
    private final ExaminerFactory.Shared<E> shared;
    private final Pool<E> pool;

    /** The examiners there are, and one while this is present. */
    private final AtomicInteger users = new AtomicInteger(1);

    private ProcessExaminers(ExaminerFactory<E> factory) {
        this.evaluation = factory.model().evaluation();
        try {
            this.shared = factory.open();
        } catch (IOException e) {
            throw new UncheckedIOException(factory.model().model().path(), e);
        }
        this.pool = new Pool<>(this::create, this::end);
    }

    /** An examiner that nobody else uses until it is given back. */
    record Lent<E>(E examiner, Pool<E> pool) implements AutoCloseable {
        /** Gives it back. */
        @Override
        public void close() {
            pool.giveBack(examiner);
        }
    }

    /** Lends one of this process's examiners of an evaluation, which are made when they are first asked for. */
    @SuppressWarnings("unchecked") // an evaluation has one factory
    static synchronized <E extends AutoCloseable> Lent<E> lend(ExaminerFactory<E> factory) {
        if (present == null || !present.evaluation.equals(factory.model().evaluation())) {
            clear();
            present = new ProcessExaminers<>(factory);
        }
        Pool<E> pool = (Pool<E>) present.pool;
        return new Lent<>(pool.take(), pool);
    }

    /** Lets them go. */
    static synchronized void clear() {
        if (present != null) {
            ProcessExaminers<?> gone = present;
            present = null;
            gone.pool.close();
            gone.leave();
        }
    }

    private E create() {
        users.incrementAndGet();
        return shared.create();
    }

    private void end(E examiner) {
        try {
            examiner.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        leave();
    }

    private void leave() {
        if (users.decrementAndGet() == 0) {
            shared.close();
        }
    }
}
