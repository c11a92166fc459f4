package org.loradash.benchmark.kernel;

/**
 * What operations took: seconds, and what they had to do at least. Adding allocates nothing.
 *
 * <p>Floating-point operations count a multiplication and an addition as two, and an exponential, root or division as
 * one. Bytes are those that must be read and written if each argument comes from memory once and each result goes there
 * once.
 */
public final class Tally {
    private static final int KINDS = Operation.values().length;

    private final long[] calls = new long[KINDS];
    private final long[] nanoseconds = new long[KINDS];
    private final long[] floatingPointOperations = new long[KINDS];
    private final long[] bytes = new long[KINDS];

    void add(Operation operation, long took, long operations, long moved) {
        int kind = operation.ordinal();
        calls[kind]++;
        nanoseconds[kind] += took;
        floatingPointOperations[kind] += operations;
        bytes[kind] += moved;
    }

    public void reset() {
        for (int kind = 0; kind < KINDS; kind++) {
            calls[kind] = 0;
            nanoseconds[kind] = 0;
            floatingPointOperations[kind] = 0;
            bytes[kind] = 0;
        }
    }

    public long calls(Operation operation) {
        return calls[operation.ordinal()];
    }

    public double seconds(Operation operation) {
        return nanoseconds[operation.ordinal()] * 1e-9;
    }

    public long floatingPointOperations(Operation operation) {
        return floatingPointOperations[operation.ordinal()];
    }

    public long bytes(Operation operation) {
        return bytes[operation.ordinal()];
    }

    /** Of all kinds together. */
    public double seconds() {
        return sum(nanoseconds) * 1e-9;
    }

    /** Of all kinds together. */
    public long floatingPointOperations() {
        return sum(floatingPointOperations);
    }

    /** Of all kinds together. */
    public long bytes() {
        return sum(bytes);
    }

    private static long sum(long[] values) {
        long sum = 0;
        for (long value : values) {
            sum += value;
        }
        return sum;
    }
}
