package org.loradash.config;

/**
 * Seeds made of seeds: every random choice of a run is a pure function of its seed and of where the choice is made. All of
 * them go through the finaliser of SplitMix64 (Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators,
 * 2014).
 */
public final class Seeds {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private Seeds() {}

    /** A seed for one part, from 0, of what the given seed governs; parts of one seed are unrelated. */
    public static long mix(long seed, long part) {
        return finalised(seed + (part + 1) * GOLDEN_GAMMA);
    }

    /** The finaliser itself, a permutation of all numbers. */
    public static long finalised(long bits) {
        long z = (bits ^ bits >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /** The seed of a worker's step, whatever the attempt; different for different steps and workers of a run. */
    public static long ofStep(long runSeed, int step, int worker) {
        return mix(mix(runSeed, 0) + ((long) step << Integer.SIZE | worker & 0xFFFFFFFFL), 0);
    }
}
