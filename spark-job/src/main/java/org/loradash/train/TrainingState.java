package org.loradash.train;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a run has reached between two rounds; from it and the data everything later follows.
 *
 * <p>The three vectors have one element for each trainable parameter, group behind group. They are shared, not copied: nobody writes into the arrays of a state.
 *
 * @param round index of the next round
 * @param step index of the next local step over the run
 * @param cursor position of the next record in the order of the run
 * @param groups that the vectors consist of, in order
 * @param weight what was trained on so far, by all workers, as the task counts it
 * @param parameters the trainable parameters
 * @param firstMoments AdamW's m
 * @param secondMoments AdamW's v
 */
public record TrainingState(
        int round,
        int step,
        long cursor,
        List<Group> groups,
        long weight,
        float[] parameters,
        float[] firstMoments,
        float[] secondMoments)
        implements Serializable {
    public TrainingState {
        groups = List.copyOf(groups);
        int size = groups.stream().mapToInt(Group::size).reduce(0, Math::addExact);
        if (size != parameters.length) {
            throw new IllegalArgumentException(
                    "groups: %d elements (must be %d, the parameters)".formatted(size, parameters.length));
        }
        if (firstMoments.length != parameters.length || secondMoments.length != parameters.length) {
            throw new IllegalArgumentException("moments: %d and %d elements (must be %d, one a parameter)"
                    .formatted(firstMoments.length, secondMoments.length, parameters.length));
        }
    }

    /** The start of a run, with moments of zero. */
    public static TrainingState startingAt(float[] parameters, List<Group> groups) {
        return new TrainingState(
                0, 0, 0, groups, 0, parameters, new float[parameters.length], new float[parameters.length]);
    }

    /** The same state with one more group behind the others, at zero with moments of zero. */
    public TrainingState with(Group group) {
        if (groups.stream().anyMatch(other -> other.name().equals(group.name()))) {
            throw new IllegalStateException("group: %s (must be a new one)".formatted(group.name()));
        }
        int size = Math.addExact(parameters.length, group.size());
        List<Group> more = new ArrayList<>(groups);
        more.add(group);
        return new TrainingState(
                round,
                step,
                cursor,
                more,
                weight,
                Arrays.copyOf(parameters, size),
                Arrays.copyOf(firstMoments, size),
                Arrays.copyOf(secondMoments, size));
    }

    /** The state after a round of that plan. */
    public TrainingState after(
            RoundPlan plan, long trainedOn, float[] parameters, float[] firstMoments, float[] secondMoments) {
        return new TrainingState(
                round + 1,
                plan.firstStep() + plan.localSteps(),
                plan.nextCursor(),
                groups,
                weight + trainedOn,
                parameters,
                firstMoments,
                secondMoments);
    }
}
