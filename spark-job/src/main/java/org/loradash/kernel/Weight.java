package org.loradash.kernel;

import java.util.List;
import java.util.Optional;
import org.loradash.config.ModelSettings.Storage;

/** A frozen weight matrix, row-major, or several one above the other, in memory of a {@link Storage}. */
public sealed interface Weight permits FloatWeight, Int8Weight, Nf4Weight, StackedWeight {

    /**
     * New memory, rows x columns, not yet written.
     *
     * @throws IllegalArgumentException if the storage cannot hold one of that size
     */
    static Weight allocate(int rows, int columns, Storage storage) {
        checkSides(rows, columns);
        return switch (storage) {
            case FLOAT32, BFLOAT16, FLOAT16 -> FloatWeight.allocate(rows, columns, storage);
            case INT8 -> Int8Weight.allocate(rows, columns);
            case NF4 -> Nf4Weight.allocate(rows, columns);
        };
    }

    /** A shape with no memory behind it, as {@link Tensor#withoutMemory}. */
    static Weight withoutMemory(int rows, int columns, Storage storage) {
        checkSides(rows, columns);
        return switch (storage) {
            case FLOAT32, BFLOAT16, FLOAT16 -> FloatWeight.withoutMemory(rows, columns, storage);
            case INT8 -> Int8Weight.withoutMemory(rows, columns);
            case NF4 -> Nf4Weight.withoutMemory(rows, columns);
        };
    }

    /**
     * New memory for matrices one above the other, each of which is quantised by itself.
     *
     * @param rows of each
     */
    static Weight allocate(List<Integer> rows, int columns, Storage storage) {
        return storage.isQuantised()
                ? StackedWeight.of(rows.stream()
                        .map(part -> allocate(part, columns, storage))
                        .toList())
                : allocate(sum(rows), columns, storage);
    }

    /** The same with no memory behind it. */
    static Weight withoutMemory(List<Integer> rows, int columns, Storage storage) {
        return storage.isQuantised()
                ? StackedWeight.of(rows.stream()
                        .map(part -> withoutMemory(part, columns, storage))
                        .toList())
                : withoutMemory(sum(rows), columns, storage);
    }

    private static int sum(List<Integer> rows) {
        return rows.stream().reduce(0, Math::addExact);
    }

    private static void checkSides(int rows, int columns) {
        if (rows < 1 || columns < 1) {
            throw new IllegalArgumentException("weight: %d x %d (must be at least 1 x 1)".formatted(rows, columns));
        }
    }

    int rows();

    int columns();

    default long size() {
        return (long) rows() * columns();
    }

    Storage storage();

    /** The memory of all elements, and of what scales them. */
    long bytes();

    /** The first rows on the same memory. */
    Weight firstRows(int count);

    /** The same memory as a tensor, where it is held as float32: a product with it copies nothing. */
    default Optional<Tensor> plain() {
        return Optional.empty();
    }

    /** The matrices that it consists of, each of which is held by itself. */
    default List<Weight> parts() {
        return List.of(this);
    }

    /** How many elements must be written together, counted from the first of each part. */
    int unit();

    /**
     * Writes values[0 .. count) from an element on, each as the nearest that the storage holds. Threads may write different
     * elements at once.
     *
     * @throws IllegalArgumentException where a unit that elements are written in is begun or left within, but at a part's end
     */
    void write(long fromElement, float[] values, int count);

    /** Reads elements from one on into destination[0 .. count), exactly. */
    void read(long fromElement, float[] destination, int count);

    /** @throws IllegalArgumentException if there are not that many rows */
    default void checkRows(int count) {
        if (count < 1 || count > rows()) {
            throw new IllegalArgumentException("rows: %d (must be from 1 to %d)".formatted(count, rows()));
        }
    }

    /** @throws IllegalArgumentException for elements outside the matrix, or more than there are values */
    default void checkElements(long fromElement, int values, int count) {
        if (fromElement < 0 || count < 0 || count > values || fromElement + count > size()) {
            throw new IllegalArgumentException("elements: %d from %d on, %d values (must lie within %d x %d)"
                    .formatted(count, fromElement, values, rows(), columns()));
        }
    }

    /** @throws IllegalArgumentException for elements that are not whole units, up to the matrix's end */
    default void checkUnits(long fromElement, int count) {
        boolean ends = (fromElement + count) % unit() == 0 || fromElement + count == size();
        if (fromElement % unit() != 0 || !ends) {
            throw new IllegalArgumentException(
                    "elements: %d from %d on (must be whole units of %d)".formatted(count, fromElement, unit()));
        }
    }
}
