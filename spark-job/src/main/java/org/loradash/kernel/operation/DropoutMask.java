package org.loradash.kernel.operation;

/**
 * Which elements dropout keeps: a counter-based hash, so that the mask is a pure function of (seed, element index) and
 * every provider, on any number of threads, makes the same one.
 *
 * <p>The contract, in 32-bit arithmetic for element i = row * columns + column: {@code h = mix(i * 0x9E3779B9 ^
 * key(seed))}; the element is kept if {@code (h >>> 8) * 2^-24 >= probability}. {@code mix} is lowbias32 of
 * Christopher Wellons' hash prospector; {@code key} is the upper half of SplitMix64's finaliser (Steele, Lea and Flood,
 * 2014).
 */
public final class DropoutMask {
    public static final int STEP = 0x9E3779B9;
    public static final int FIRST_FACTOR = 0x7feb352d;
    public static final int SECOND_FACTOR = 0x846ca68b;

    private DropoutMask() {}

    public static int key(long seed) {
        long z = seed + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return (int) ((z ^ z >>> 31) >>> 32);
    }

    /** An element is kept if the upper 24 bits of its hash are at least this. */
    public static int threshold(float probability) {
        return (int) Math.ceil(probability * 0x1p24);
    }

    /** What a kept element is multiplied by. */
    public static float scale(float probability) {
        return 1 / (1 - probability);
    }

    public static boolean keeps(int key, int index, int threshold) {
        int h = index * STEP ^ key;
        h = (h ^ h >>> 16) * FIRST_FACTOR;
        h = (h ^ h >>> 15) * SECOND_FACTOR;
        return (h ^ h >>> 16) >>> 8 >= threshold;
    }
}
