package org.loradash.train;

/**
 * What measurements on held-out records have come to: the lowest loss so far, the state that had it, and for how long none
 * has been lower.
 *
 * @param step steps taken when it was measured
 * @param loss the lowest; infinite before the first measurement
 * @param parameters of that state; empty where nobody is going to ask for them. Shared, not copied
 * @param withoutImprovement measurements in a row since then
 */
public record BestState(int step, double loss, float[] parameters, int withoutImprovement) {

    /** Before the first measurement. */
    public static final BestState NONE = new BestState(0, Double.POSITIVE_INFINITY, new float[0], 0);

    /** Whether there was a measurement. */
    public boolean isPresent() {
        return loss < Double.POSITIVE_INFINITY;
    }

    /**
     * After one more measurement. Of equal losses the earlier one is the best.
     *
     * @param measuredStep steps taken
     * @param measured a finite loss
     * @param itsParameters those of the measured state, or empty
     */
    public BestState after(int measuredStep, double measured, float[] itsParameters) {
        return measured < loss
                ? new BestState(measuredStep, measured, itsParameters, 0)
                : new BestState(step, loss, parameters, withoutImprovement + 1);
    }

    /** The same with all patience left, as long as the training must go on whatever is measured. */
    public BestState withPatience() {
        return new BestState(step, loss, parameters, 0);
    }

    /**
     * Whether so many measurements in a row were no lower.
     *
     * @param patience 0 for a training that never ends early
     */
    public boolean exhausts(int patience) {
        return patience > 0 && withoutImprovement >= patience;
    }
}
