package org.loradash.spark.dl4j;

import java.util.Map;
import java.util.Objects;
import org.loradash.config.TrainingSettings.Schedule;
import org.loradash.kernel.operation.Adam;
import org.loradash.train.LearningRate;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * The configuration of AdamW as PyTorch computes it, for DL4J; ND4J's Adam places epsilon otherwise. The decay itself is
 * DL4J's weight decay times the learning rate.
 */
public final class AdamWUpdater implements IUpdater {
    private static final long serialVersionUID = 1L;

    private double peak;
    private Schedule schedule;
    private int warmupSteps;
    private int totalSteps;
    private double beta1;
    private double beta2;
    private double epsilon;
    private int firstStep;

    /** For DL4J's reader of JSON. */
    AdamWUpdater() {}

    /**
     * @param rate by the step over the run
     * @param firstStep the step over the run which is this parameter's first, for the bias correction
     */
    AdamWUpdater(LearningRate rate, double beta1, double beta2, double epsilon, int firstStep) {
        this.peak = rate.peak();
        this.schedule = rate.schedule();
        this.warmupSteps = rate.warmupSteps();
        this.totalSteps = rate.totalSteps();
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
        this.firstStep = firstStep;
    }

    /** The same, with its steps counted from that one and the schedule's largest rate at that. */
    AdamWUpdater with(int firstStep, double peak) {
        LearningRate rate = new LearningRate(peak, schedule, warmupSteps, totalSteps);
        return new AdamWUpdater(rate, beta1, beta2, epsilon, firstStep);
    }

    /** @param iteration index of the step over the run */
    Adam.Step step(int iteration) {
        return new Adam.Step(rate().at(iteration), beta1, beta2, epsilon, iteration - firstStep + 1);
    }

    private LearningRate rate() {
        return new LearningRate(peak, schedule, warmupSteps, totalSteps);
    }

    @Override
    public long stateSize(long parameters) {
        return 2 * parameters;
    }

    @Override
    public GradientUpdater<AdamWUpdater> instantiate(INDArray state, boolean initialize) {
        return new AdamWSteps(this, state, initialize);
    }

    @Override
    public GradientUpdater<AdamWUpdater> instantiate(Map<String, INDArray> state, boolean initialize) {
        AdamWSteps steps = new AdamWSteps(this);
        steps.setState(state, initialize);
        return steps;
    }

    @Override
    public double getLearningRate(int iteration, int epoch) {
        return rate().at(iteration);
    }

    @Override
    public boolean hasLearningRate() {
        return true;
    }

    @Override
    public void setLrAndSchedule(double rate, ISchedule other) {
        if (other != null) {
            throw new IllegalArgumentException("schedule: " + other + " (AdamW here has its own)");
        }
        peak = rate;
    }

    @Override
    public AdamWUpdater clone() {
        return with(firstStep, peak);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AdamWUpdater that
                && rate().equals(that.rate())
                && beta1 == that.beta1
                && beta2 == that.beta2
                && epsilon == that.epsilon
                && firstStep == that.firstStep;
    }

    @Override
    public int hashCode() {
        return Objects.hash(rate(), beta1, beta2, epsilon, firstStep);
    }
}
