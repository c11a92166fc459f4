package org.loradash.tracking;

import java.util.Map;
import java.util.Set;

/**
 * A run as the server has it.
 *
 * @param artifacts URI below which its files are kept
 * @param parameters names of those that it has
 * @param steps of each of its metrics the last step
 */
record TrackedRun(String id, String experiment, String artifacts, Set<String> parameters, Map<String, Integer> steps) {

    /** Whether the server was told of a figure before, by this driver or by one that was killed. */
    boolean has(Metric metric) {
        return metric.step() <= steps.getOrDefault(metric.key(), -1);
    }
}
