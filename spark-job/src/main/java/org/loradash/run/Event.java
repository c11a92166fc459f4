package org.loradash.run;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One line of metrics.jsonl. Components become keys in snake case, after {@code event}, the kind. */
public sealed interface Event {

    /** The kind of event, the line's {@code event} key. */
    @JsonIgnore
    default String kind() {
        return getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
    }

    /** The round that the event belongs to. */
    int round();

    /**
     * A worker's optimiser step.
     *
     * @param step index of the local step over the run
     * @param loss mean over the weight of the worker's batch
     * @param size what was computed on, none of it padding; told under the name that the task has for it
     * @param computed what of it went through the model, once where examples have it in common
     */
    record Step(
            int round, int worker, int step, double loss, long size, long computed, long weight, double learningRate)
            implements Event {}

    /**
     * A round of all workers.
     *
     * @param loss mean over the weights of all its steps
     * @param seconds from its start until the next state was ready
     * @param averagingSeconds of it, after the last worker had finished its steps
     */
    record Round(
            int round,
            String stage,
            double loss,
            long size,
            long computed,
            double seconds,
            double sizePerSecond,
            double averagingSeconds)
            implements Event {}

    /**
     * The end of pre-launch.
     *
     * @param step steps taken so far
     * @param decompositionSeconds spent on singular value decompositions, or on finding them in the cache
     * @param productOfMeansDifference how far mean(B) mean(A) is from the mean of the workers' products: the largest
     *     relative Frobenius norm of the difference over all targets
     * @param directionsThatDiffer of all task-specific directions, how many are not the product of means'
     */
    record Boundary(
            int round,
            int step,
            int targets,
            int directions,
            double seconds,
            double decompositionSeconds,
            double productOfMeansDifference,
            int directionsThatDiffer)
            implements Event {}

    /**
     * A look at the directions while pre-launch may end by itself.
     *
     * @param step steps taken so far
     * @param overlap mean share of a target's best directions that were among the best at the check before; 0 at the first
     */
    record Check(int round, int step, double overlap, double seconds) implements Event {}

    /**
     * A record of the predicted directions.
     *
     * @param step steps taken so far
     * @param file in the run's directory
     */
    record Tracked(int round, int step, int targets, String file, double seconds) implements Event {}

    /**
     * A measurement on held-out records.
     *
     * @param step steps taken so far
     * @param loss mean over their weight
     * @param figures of the predictions, by {@link org.loradash.config.Figure#key}; empty where nothing is predicted
     * @param best whether it is the best so far, by validation.figure
     * @param withoutImprovement measurements in a row that were no better than the best; none are counted in pre-launch
     */
    record Evaluation(
            int round,
            int step,
            double loss,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Double> figures,
            int records,
            long weight,
            double seconds,
            boolean best,
            int withoutImprovement)
            implements Event {
        public Evaluation {
            figures = figures == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        }
    }

    /**
     * What the model makes, to be looked at.
     *
     * @param step steps taken so far
     * @param files in the run's directory
     */
    record Samples(int round, int step, List<String> files, double seconds) implements Event {
        public Samples {
            files = List.copyOf(files);
        }
    }

    /**
     * A checkpoint that is about to become visible.
     *
     * @param step steps taken so far
     * @param seconds until its file was on disk
     */
    record Checkpoint(int round, int step, String file, double seconds) implements Event {}
}
