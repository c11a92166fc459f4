package org.loradash.train;

/**
 * What measurements on held-out records have come to: the best state so far, and for how long none has been better.
 *
 * @param step steps taken when it was measured
 * @param cost the lowest of what is to be low: the loss, or a figure with its sign turned; infinite before the first
 *     measurement
 * @param parameters of that state; empty where nobody is going to ask for them. Shared, not copied
 * @param withoutImprovement measurements in a row since then
 */
public record BestState(int step, double cost, float[] parameters, int withoutImprovement) {

    /** Before the first measurement. */
    public static final BestState NONE = new BestState(0, Double.POSITIVE_INFINITY, new float[0], 0);

    /** Whether there was a measurement. */
    public boolean isPresent() {
        return cost < Double.POSITIVE_INFINITY;
    }

    /**
     * After one more measurement. Of equal costs the earlier one is the best.
     *
     * @param measuredStep steps taken
     * @param measured a finite cost
     * @param itsParameters those of the measured state, or empty
     */
    public BestState after(int measuredStep, double measured, float[] itsParameters) {
        return measured < cost
                ? new BestState(measuredStep, measured, itsParameters, 0)
                : new BestState(step, cost, parameters, withoutImprovement + 1);
    }

    /** The same with all patience left, as long as the training must go on whatever is measured. */
    public BestState withPatience() {
        return new BestState(step, cost, parameters, 0);
    }

    /**
     * Whether so many measurements in a row were no better.
     *
     * @param patience 0 for a training that never ends early
     */
    public boolean exhausts(int patience) {
        return patience > 0 && withoutImprovement >= patience;
    }
}
