package org.loradash.kernel;

/** bfloat16: the upper half of a float32. */
public final class Bfloat16 {
    private Bfloat16() {}

    /** The nearest bfloat16's bits, ties to even; a NaN stays one. */
    public static short bits(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    /** Exact. */
    public static float value(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }
}
