package org.loradash.tsd.io;

/**
 * The two 16-bit floating-point formats of weight files, to and from float32. Widening is exact, also for subnormal
 * numbers, infinities and NaN; narrowing rounds to the nearest, ties to even, as PyTorch does.
 */
public final class HalfPrecision {
    private static final int SIGN = 0x8000;
    private static final float SMALLEST_FLOAT16 = 0x1p-24f;

    private HalfPrecision() {}

    /** The value of a bfloat16, which is the upper half of a float32. */
    public static float ofBfloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The nearest bfloat16; NaN stays NaN, and what lies beyond the largest becomes infinite. */
    public static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (value != value) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
    }

    /** The value of an IEEE 754 binary16. */
    public static float ofFloat16(short bits) {
        int sign = (bits & SIGN) << 16;
        int exponent = bits >>> 10 & 0x1f;
        int mantissa = bits & 0x3ff;
        if (exponent == 0) {
            float magnitude = mantissa * SMALLEST_FLOAT16;
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude));
        }
        int widened = exponent == 0x1f ? 0xff : exponent + (127 - 15);
        return Float.intBitsToFloat(sign | widened << 23 | mantissa << 13);
    }

    /** The nearest IEEE 754 binary16; NaN stays NaN, and what lies beyond the largest, 65504, becomes infinite. */
    public static short toFloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & SIGN;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > 0x7f800000) {
            return (short) (sign | 0x7e00 | magnitude >>> 13 & 0x3ff);
        }
        if (magnitude >= Float.floatToRawIntBits(65520f)) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < Float.floatToRawIntBits(0x1p-14f)) {
            // Subnormal: rint is to the nearest, ties to even, and 2^10 is the smallest normal number.
            return (short) (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24));
        }
        int rounded = magnitude + 0xfff + (magnitude >>> 13 & 1);
        return (short) (sign | rounded - ((127 - 15) << 23) >>> 13);
    }
}
