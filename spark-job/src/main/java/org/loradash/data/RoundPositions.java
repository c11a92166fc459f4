package org.loradash.data;

import java.util.Objects;

/**
 * The positions that the workers of one round read: they share a stretch of the order, each worker taking a piece of
 * it from which it reads batch after batch. A round that is cut short takes a shorter stretch, so nothing is passed
 * over. When every round has as many local steps, row i of worker w's step f in round r is at
 * {@code ((r * workers + w) * localSteps + f) * batchSize + i}.
 *
 * @param cursor the round's first position
 * @param workers logical workers
 * @param localSteps steps that each worker takes in this round; one when gradients are averaged
 * @param batchSize records of a worker's step
 */
public record RoundPositions(long cursor, int workers, int localSteps, int batchSize) {

    /** The position of row 0 of a worker's step; row i is i further on. */
    public long first(int worker, int step) {
        Objects.checkIndex(worker, workers);
        Objects.checkIndex(step, localSteps);
        return cursor + ((long) worker * localSteps + step) * batchSize;
    }

    /** The next round's cursor. */
    public long nextCursor() {
        return cursor + (long) workers * localSteps * batchSize;
    }
}
