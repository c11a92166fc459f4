package org.loradash.train;

import java.io.Serializable;
import org.loradash.config.TrainingSettings.Schedule;

/**
 * The learning rate of each step: a linear warm-up, then the schedule, as transformers'
 * get_linear/cosine/constant_schedule_with_warmup compute them.
 *
 * @param peak the rate at the end of the warm-up
 * @param warmupSteps steps over which the rate rises from 0
 * @param totalSteps steps of the whole run; the linear and the cosine schedule reach 0 there
 */
public record LearningRate(double peak, Schedule schedule, int warmupSteps, int totalSteps) implements Serializable {

    /** @param step index of the optimiser step over the run, from 0 */
    public double at(int step) {
        if (step < warmupSteps) {
            return peak * step / Math.max(1, warmupSteps);
        }
        double length = Math.max(1, totalSteps - warmupSteps);
        return switch (schedule) {
            case CONSTANT -> peak;
            case LINEAR -> peak * Math.max(0, (totalSteps - step) / length);
            case COSINE -> peak * Math.max(0, 0.5 * (1 + Math.cos(Math.PI * (step - warmupSteps) / length)));
        };
    }
}
