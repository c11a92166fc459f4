package org.loradash.spark.rounds;

import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.loradash.train.RoundPlan;
import org.loradash.train.WorkerReport;
import org.loradash.tsd.Failure;

/**
 * A worker could not go on: its loss or its parameters are no longer numbers, or nothing can be learnt from a batch. The message is one
 * line that says where.
 */
public final class TrainingFailure extends Failure {
    private static final long serialVersionUID = 1L;
    private static final int NAMED = 32;

    private TrainingFailure(String message) {
        super(message);
    }

    /** @param records which one is at a position of the run's order */
    public static TrainingFailure of(
            String stage, RoundPlan plan, int worker, WorkerReport.Failure failure, LongUnaryOperator records) {
        long first = plan.record(worker, failure.step() - plan.firstStep());
        String named = LongStream.range(first, first + Math.min(NAMED, plan.batchSize()))
                .map(records)
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(", "));
        String more = plan.batchSize() > NAMED ? " and " + (plan.batchSize() - NAMED) + " more" : "";
        return new TrainingFailure("%s: round %d, worker %d, step %d: %s; its records of data.train, from 0: %s%s"
                .formatted(stage, plan.round(), worker, failure.step(), failure.what(), named, more));
    }

    /** Of finite results of workers whose average, or the step along it, is not finite. */
    public static TrainingFailure ofAverage(String stage, RoundPlan plan) {
        return new TrainingFailure("%s: round %d, after step %d: the parameters or their moments are not finite"
                .formatted(stage, plan.round(), plan.lastStep()));
    }

    /** Of a loss on held-out records. */
    public static TrainingFailure ofValidation(String stage, RoundPlan plan, double loss) {
        return new TrainingFailure("%s: round %d, after step %d: the loss of the held-out records is %s"
                .formatted(stage, plan.round(), plan.lastStep(), loss));
    }
}
