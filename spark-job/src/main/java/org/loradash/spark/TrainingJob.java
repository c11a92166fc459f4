package org.loradash.spark;

import org.loradash.config.Settings;

/** The driver's side of a run. */
public final class TrainingJob {
    private TrainingJob() {}

    public static void run(Settings settings) {
        throw new IllegalStateException("replaced when the branches are merged");
    }
}
