package org.loradash.kernel;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
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
            case INT8 -> inPieces(rows, columns, Int8Weight.MOST, piece -> Int8Weight.allocate(piece, columns));
            case NF4 -> inPieces(rows, columns, Nf4Weight.MOST, piece -> Nf4Weight.allocate(piece, columns));
        };
    }

    /** A shape with no memory behind it, as {@link Tensor#withoutMemory}. */
    static Weight withoutMemory(int rows, int columns, Storage storage) {
        checkSides(rows, columns);
        return switch (storage) {
            case FLOAT32, BFLOAT16, FLOAT16 -> FloatWeight.withoutMemory(rows, columns, storage);
            case INT8 -> inPieces(rows, columns, Int8Weight.MOST, piece -> Int8Weight.withoutMemory(piece, columns));
            case NF4 -> inPieces(rows, columns, Nf4Weight.MOST, piece -> Nf4Weight.withoutMemory(piece, columns));
        };
    }

    /**
     * A matrix as one piece, or as several of at most so many elements where it has more. All but the last have as many rows
     * as a block has elements, or a multiple, so that a block lies in one piece.
     *
     * @param piece of so many rows
     */
    private static Weight inPieces(int rows, int columns, long most, IntFunction<Weight> piece) {
        long together = Math.max(1, most / columns / Nf4Weight.BLOCK) * Nf4Weight.BLOCK;
        return StackedWeight.of(LongStream.iterate(0, from -> from < rows, from -> from + together)
                .mapToObj(from -> piece.apply((int) Math.min(together, rows - from)))
                .toList());
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

    /** The matrices, or pieces of them, that it consists of, each of which is held by itself. */
    default List<Weight> parts() {
        return List.of(this);
    }

    /** How many elements must be written together, counted from the first of each part. */
    int unit();

    /**
     * Writes values[0 .. count) from an element on, each as the nearest that the storage holds. Threads may write different
     * elements at once; quantising uses all of the machine's.
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
