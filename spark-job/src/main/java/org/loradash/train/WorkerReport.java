package org.loradash.train;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * What a worker did in a round.
 *
 * @param worker which of the workers
 * @param steps its local steps in order; after a failure, those up to the failed one
 * @param failure why it could not go on, or null
 * @param seconds where its time went
 */
public record WorkerReport(int worker, List<StepReport> steps, Failure failure, Seconds seconds)
        implements Serializable {

    /**
     * @param step index over the run of the local step that failed
     * @param what is wrong, as a reader of the run would want to be told
     */
    public record Failure(int step, String what) implements Serializable {}

    /**
     * @param preparing taking over the state of the round
     * @param reading batches
     * @param computing local steps
     */
    public record Seconds(double preparing, double reading, double computing) implements Serializable {}

    public WorkerReport {
        steps = List.copyOf(steps);
    }

    /** Why the worker could not go on, if it could not. */
    public Optional<Failure> failed() {
        return Optional.ofNullable(failure);
    }

    /** What the losses of all its steps are means over. */
    public long weight() {
        return steps.stream().mapToLong(StepReport::weight).sum();
    }

    /** What all its steps computed on. */
    public long size() {
        return steps.stream().mapToLong(StepReport::size).sum();
    }

    /** What of it went through the model. */
    public long computed() {
        return steps.stream().mapToLong(StepReport::computed).sum();
    }
}
