package org.loradash.spark.rounds;

import java.util.List;
import org.loradash.train.RoundPlan;
import org.loradash.train.TrainingState;
import org.loradash.train.WorkerReport;

/**
 * What a round came to.
 *
 * @param stage name of the stage
 * @param plan what the round was to do
 * @param state the next state
 * @param last whether the stage's last step is done
 * @param workers what each did, in the order of their numbers
 * @param seconds from the broadcast of the state to the next state
 * @param averagingSeconds of these, those after the last worker was done
 * @param gathered the workers' own parameters, chunk by chunk, read from the executors as it is iterated; only while the
 *     listener runs. Where gradients are averaged all workers hold the same parameters, and there is one contribution.
 */
public record RoundOutcome(
        String stage,
        RoundPlan plan,
        TrainingState state,
        boolean last,
        List<WorkerReport> workers,
        double seconds,
        double averagingSeconds,
        Iterable<Gathered> gathered) {

    /** Mean loss of all steps of all workers, by their weights. */
    public double loss() {
        double sum = workers.stream()
                .flatMap(worker -> worker.steps().stream())
                .mapToDouble(step -> step.loss() * step.weight())
                .sum();
        return sum / weight();
    }

    /** What all workers computed on. */
    public long size() {
        return workers.stream().mapToLong(WorkerReport::size).sum();
    }

    /** What of it went through the model. */
    public long computed() {
        return workers.stream().mapToLong(WorkerReport::computed).sum();
    }

    /** What the losses of all workers are means over. */
    public long weight() {
        return workers.stream().mapToLong(WorkerReport::weight).sum();
    }
}
