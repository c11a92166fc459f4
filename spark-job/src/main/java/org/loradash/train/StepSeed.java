package org.loradash.train;

/** The seed of a worker's step: a pure function of the run's seed, the step and the worker, whatever the attempt. */
public final class StepSeed {
    private StepSeed() {}

    /** Different seeds for different steps and workers of a run. */
    public static long of(long runSeed, int step, int worker) {
        return mix(mix(runSeed) + ((long) step << Integer.SIZE | worker & 0xFFFFFFFFL));
    }

    /** The output function of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
    private static long mix(long state) {
        long z = state + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
