package org.loradash.train;

/** Seeds made of seeds: every random choice of a run is a pure function of its seed and of where the choice is made. */
public final class Seeds {
    private Seeds() {}

    /** A seed for one part of what the given seed governs; parts of one seed are unrelated (SplitMix64's finaliser). */
    public static long mix(long seed, long part) {
        long z = seed + (part + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
