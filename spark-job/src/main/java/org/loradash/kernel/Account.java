package org.loradash.kernel;

/**
 * What an operation says of itself, argument by argument: what it reads and what it writes, which shapes must hold, and
 * what it has to do at least. An account is used again for one operation after another and allocates nothing.
 *
 * <p>{@link #dense}, {@link #shape}, {@link #like} and {@link #mayReplace} are about the argument that was named last.
 */
public final class Account {
    private static final int MOST = 16;

    private enum Access {
        READ,
        WRITTEN,
        CHANGED
    }

    private final String[] names = new String[MOST];
    private final Tensor[] tensors = new Tensor[MOST];
    private final Access[] accesses = new Access[MOST];
    private final Tensor[] replaced = new Tensor[MOST];
    private int count;
    private long bytes;
    private long floatingPointOperations;

    /**
     * Begins anew with an operation's account of itself.
     *
     * @throws IllegalArgumentException if its shapes do not fit
     */
    public Account of(Operation operation) {
        count = 0;
        bytes = 0;
        floatingPointOperations = 0;
        operation.account(this);
        return this;
    }

    /** Bytes that must be moved if each argument comes from memory once and each result goes there once. */
    public long bytes() {
        return bytes;
    }

    /** A multiplication and an addition are two, an exponential, root or division is one. */
    public long floatingPointOperations() {
        return floatingPointOperations;
    }

    /** An argument that stays as it is. */
    public Account reads(String name, Tensor x) {
        return reads(name, x, x.size());
    }

    /** @param elements of it that are read */
    public Account reads(String name, Tensor x, long elements) {
        bytes += elements * Float.BYTES;
        return argument(name, x, Access.READ);
    }

    /** Elements of a frozen weight, which no operation writes. */
    public Account reads(Weight weight, long elements) {
        bytes += Math.round((double) weight.bytes() / weight.size() * elements);
        return this;
    }

    /** An argument that is overwritten, whatever it held. */
    public Account writes(String name, Tensor x) {
        return writes(name, x, x.size());
    }

    /** @param elements of it that are written */
    public Account writes(String name, Tensor x, long elements) {
        bytes += elements * Float.BYTES;
        return argument(name, x, Access.WRITTEN);
    }

    /** An argument that becomes something that depends on what it held. */
    public Account changes(String name, Tensor x) {
        return changes(name, x, x.size());
    }

    /** @param elements of it that change */
    public Account changes(String name, Tensor x, long elements) {
        bytes += 2 * elements * Float.BYTES;
        return argument(name, x, Access.CHANGED);
    }

    private Account argument(String name, Tensor x, Access access) {
        names[count] = name;
        tensors[count] = x;
        accesses[count] = access;
        replaced[count] = null;
        count++;
        return this;
    }

    /** It may be another argument, the whole of it: each of its elements is read before it is written. */
    public Account mayReplace(Tensor other) {
        replaced[count - 1] = other;
        return this;
    }

    /** It must lie without gaps. */
    public Account dense() {
        Tensor last = tensors[count - 1];
        if (!last.isDense()) {
            throw new IllegalArgumentException(last + " (must be dense)");
        }
        return this;
    }

    /** It must have this shape. */
    public Account shape(int rows, int columns) {
        Tensor last = tensors[count - 1];
        same(names[count - 1], last.rows(), last.columns(), rows, columns);
        return this;
    }

    /** It must have another's shape. */
    public Account like(Tensor other) {
        return shape(other.rows(), other.columns());
    }

    /** One shape must be another. */
    public static void same(String name, int actualRows, int actualColumns, int rows, int columns) {
        if (actualRows != rows || actualColumns != columns) {
            throw new IllegalArgumentException(
                    "%s: %d x %d (must be %d x %d)".formatted(name, actualRows, actualColumns, rows, columns));
        }
    }

    /** Indices must be from 0 to below a limit. */
    public static void below(String name, int[] indices, int limit) {
        below(name, indices, indices.length, limit);
    }

    /** The first indices must be from 0 to below a limit. */
    public static void below(String name, int[] indices, int count, int limit) {
        for (int i = 0; i < count; i++) {
            if (indices[i] < 0 || indices[i] >= limit) {
                throw new IllegalArgumentException(
                        "%s: %d (must be from 0 to %d)".formatted(name, indices[i], limit - 1));
            }
        }
    }

    /** @param operations multiplications, additions, exponentials, roots and divisions */
    public void computes(long operations) {
        floatingPointOperations = operations;
    }

    /**
     * No argument that is written may lie on another, but for the one that it may replace.
     *
     * @throws IllegalArgumentException if one does
     */
    void checkApart() {
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < count; j++) {
                // Of two that are written, the first looks at the second.
                boolean looks = accesses[i] != Access.READ && (i < j || i > j && accesses[j] == Access.READ);
                if (looks && tensors[i].overlaps(tensors[j]) && !replaces(i, j)) {
                    throw new IllegalArgumentException("%s: %s lies on %s, %s (must be apart, since it is written)"
                            .formatted(names[i], tensors[i], names[j], tensors[j]));
                }
            }
        }
    }

    private boolean replaces(int i, int j) {
        return replaced[i] == tensors[j] && tensors[i].isSameAs(tensors[j]);
    }
}
