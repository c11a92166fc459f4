package org.loradash.train;

import java.io.Serializable;
import java.util.List;
import java.util.function.Function;
import org.loradash.train.Contribution.Part;

/**
 * How a round's results become the next state: a function from the state before and the workers' contributions to each
 * part of the state after. An outer optimiser on the averaged change (DiLoCo, arXiv 2311.08105) is one such function.
 */
@FunctionalInterface
public interface Averaging extends Serializable {

    /** The mean of all three vectors, each worker weighing as much as it trained on, as its task counts that. */
    Averaging WEIGHTED_MEAN = (before, from, contributions) -> new Part(
            mean(contributions, Part::parameters),
            mean(contributions, Part::firstMoments),
            mean(contributions, Part::secondMoments));

    /**
     * One part of the next state.
     *
     * @param before the whole state at the start of the round
     * @param from the first element of the part in the state's vectors
     * @param contributions of all workers, in the order of their numbers
     */
    Part next(TrainingState before, int from, List<Contribution> contributions);

    private static float[] mean(List<Contribution> contributions, Function<Part, float[]> vector) {
        double[] sums = new double[vector.apply(contributions.get(0).values()).length];
        double weights = 0;
        for (Contribution contribution : contributions) {
            float[] values = vector.apply(contribution.values());
            double weight = contribution.weight();
            weights += weight;
            for (int i = 0; i < sums.length; i++) {
                sums[i] += weight * values[i];
            }
        }
        float[] mean = new float[sums.length];
        for (int i = 0; i < sums.length; i++) {
            mean[i] = (float) (sums[i] / weights);
        }
        return mean;
    }
}
