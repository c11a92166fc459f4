package org.loradash.kernel;

/** IEEE 754 binary16: 1 bit of sign, 5 of exponent, 10 of fraction. */
public final class Float16 {
    /** From float32's exponent bias to binary16's, in float32's bits. */
    private static final int REBIAS = 127 - 15 << 23;

    private static final int LEAST_NORMAL = 0x38800000; // 2^-14
    private static final int OVERFLOW = 0x477ff000; // 65520, half-way from the greatest value to the next
    private static final int INFINITY = 0x7f800000;

    private Float16() {}

    /** The nearest binary16's bits, ties to even; a NaN stays one. */
    public static short bits(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > INFINITY) {
            return (short) (sign | 0x7e00 | magnitude >>> 13 & 0x3ff);
        }
        if (magnitude >= OVERFLOW) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < LEAST_NORMAL) {
            // Adding one half rounds to multiples of 2^-24, the distance between subnormal values.
            int rounded = Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + 0.5f);
            return (short) (sign | rounded - Float.floatToRawIntBits(0.5f));
        }
        int rebiased = magnitude - REBIAS;
        return (short) (sign | rebiased + 0xfff + (rebiased >>> 13 & 1) >>> 13);
    }

    /** Exact. */
    public static float value(short bits) {
        int sign = (bits & 0x8000) << 16;
        int magnitude = bits & 0x7fff;
        if (magnitude < 0x400) {
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude * 0x1p-24f));
        }
        int widened = (magnitude << 13) + (magnitude < 0x7c00 ? REBIAS : 2 * REBIAS);
        return Float.intBitsToFloat(sign | widened);
    }
}
