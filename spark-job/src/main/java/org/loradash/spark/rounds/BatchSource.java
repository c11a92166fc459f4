package org.loradash.spark.rounds;

import java.io.Serializable;
import org.loradash.data.Batch;
import org.loradash.train.RoundPlan;

/** Where a worker reads its batches: a pure function of the location, the plan, the worker and the step. */
@FunctionalInterface
public interface BatchSource extends Serializable {

    /**
     * The batch of the records from {@link RoundPlan#record} on.
     *
     * @param location where the data lies, as given to the rounds
     * @param worker from 0
     * @param localStep from 0, within the round
     */
    Batch batch(String location, RoundPlan plan, int worker, int localStep);

    /** Which record is at a position of the run's order, for a person: both from 0. */
    default long record(long position) {
        return position;
    }
}
