package org.loradash.train;

import java.io.Serializable;

/**
 * What one round does: which steps, and which records each worker reads.
 *
 * <p>Worker w's local step f, row b reads the record at position cursor + (w * localSteps + f) * batchSize + b, which
 * for rounds of equal length is ((r * P + w) * F + f) * batch + b.
 *
 * @param round index of the round
 * @param firstStep index over the run of the round's first local step
 * @param localSteps steps that each worker takes
 * @param workers how many workers there are
 * @param batchSize records of a worker's step
 * @param cursor position of the round's first record
 */
public record RoundPlan(int round, int firstStep, int localSteps, int workers, int batchSize, long cursor)
        implements Serializable {

    /**
     * The next round: as many local steps as wanted, or fewer so that it ends exactly at the last step.
     *
     * @param untilStep where the run or this part of it ends, after the state's step
     */
    public static RoundPlan next(TrainingState state, int localSteps, int untilStep, int workers, int batchSize) {
        if (state.step() >= untilStep) {
            throw new IllegalArgumentException(
                    "step: %d (must be before the end, %d)".formatted(state.step(), untilStep));
        }
        int steps = Math.min(localSteps, untilStep - state.step());
        return new RoundPlan(state.round(), state.step(), steps, workers, batchSize, state.cursor());
    }

    /** Position of the first record of a worker's local step; the batch's others follow it. */
    public long record(int worker, int localStep) {
        return cursor + ((long) worker * localSteps + localStep) * batchSize;
    }

    /** Position of the first record after the round. */
    public long nextCursor() {
        return record(workers, 0);
    }

    /** Index over the run of the round's last local step. */
    public int lastStep() {
        return firstStep + localSteps - 1;
    }
}
