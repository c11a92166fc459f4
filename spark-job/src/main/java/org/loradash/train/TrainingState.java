package org.loradash.train;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What a run has reached between two rounds; from it and the data everything later follows.
 *
 * <p>The three vectors have one element for each trainable parameter: all factors, and after the boundary the
 * coordinates behind them. They are shared, not copied: nobody writes into the arrays of a state.
 *
 * @param round index of the next round
 * @param step index of the next local step over the run
 * @param cursor position of the next record in the order of the run
 * @param coordinatesFrom the step at which the coordinates began to be trained, or {@link #NO_COORDINATES}
 * @param labelledTokens labelled tokens trained on so far, by all workers
 * @param parameters the trainable parameters
 * @param firstMoments AdamW's m
 * @param secondMoments AdamW's v
 */
public record TrainingState(
        int round,
        int step,
        long cursor,
        int coordinatesFrom,
        long labelledTokens,
        float[] parameters,
        float[] firstMoments,
        float[] secondMoments)
        implements Serializable {
    public static final int NO_COORDINATES = -1;

    public TrainingState {
        if (firstMoments.length != parameters.length || secondMoments.length != parameters.length) {
            throw new IllegalArgumentException("moments: %d and %d elements (must be %d, one a parameter)"
                    .formatted(firstMoments.length, secondMoments.length, parameters.length));
        }
    }

    /** The start of a run, with moments of zero. */
    public static TrainingState startingAt(float[] parameters) {
        return new TrainingState(
                0, 0, 0, NO_COORDINATES, 0, parameters, new float[parameters.length], new float[parameters.length]);
    }

    /** The same state with that many coordinates behind the factors, at zero with moments of zero, beginning now. */
    public TrainingState withCoordinates(int coordinates) {
        if (coordinatesFrom != NO_COORDINATES) {
            throw new IllegalStateException("the coordinates already began at step " + coordinatesFrom);
        }
        int size = Math.addExact(parameters.length, coordinates);
        return new TrainingState(
                round,
                step,
                cursor,
                step,
                labelledTokens,
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
                coordinatesFrom,
                labelledTokens + trainedOn,
                parameters,
                firstMoments,
                secondMoments);
    }
}
