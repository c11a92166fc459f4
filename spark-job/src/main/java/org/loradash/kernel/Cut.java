package org.loradash.kernel;

import java.util.function.IntFunction;
import org.loradash.kernel.Parts.Grid;

/**
 * An operation in parts that may be computed in any order and at once, each an operation of its own. How many there are
 * depends on shapes alone ({@link Parts}).
 *
 * @param part the one of each number, from 0
 */
public record Cut(int parts, IntFunction<Operation> part) {
    /** Columns of a part: two lines of a cache. */
    private static final int LEAST_COLUMNS = 32;

    /** The part of an operation that works on rows or elements from (inclusive) to (exclusive). */
    @FunctionalInterface
    public interface Range {
        Operation part(int from, int to);
    }

    /** The part of an operation that makes a block of a matrix. */
    @FunctionalInterface
    public interface Block {
        Operation part(int fromRow, int toRow, int fromColumn, int toColumn);
    }

    /** One part, which is all of it. */
    public static Cut whole(Operation operation) {
        return new Cut(1, part -> operation);
    }

    /** Rows that are passed over once. */
    public static Cut rows(int rows, int columns, Range range) {
        int parts = Parts.ofRows(rows, columns);
        return new Cut(parts, part -> range.part(Parts.from(part, parts, rows), Parts.from(part + 1, parts, rows)));
    }

    /**
     * Groups of columns of rows that are passed over: as rows, but so that each part has many columns, since a short piece of
     * a row takes as long as a longer one.
     *
     * @param groups which are not cut
     * @param width columns of each
     */
    public static Cut columns(int rows, int groups, int width, Range range) {
        long elements = Math.min(Integer.MAX_VALUE, (long) rows * width);
        int most = Math.max(1, (int) Math.min(groups, (long) groups * width / LEAST_COLUMNS));
        int parts = Math.min(Parts.ofRows(groups, (int) elements), most);
        return new Cut(parts, part -> range.part(Parts.from(part, parts, groups), Parts.from(part + 1, parts, groups)));
    }

    /** Elements that stand alone may be cut anywhere, which matters for a vector that is one row. */
    public static Cut elements(Tensor x, Range range) {
        return rows(Math.toIntExact(x.size()), 1, range);
    }

    /** Blocks of a matrix by a grid over it. */
    public static Cut blocks(Grid grid, int rows, int columns, Block block) {
        return new Cut(grid.parts(), part -> {
            int down = part / grid.across();
            int across = part % grid.across();
            return block.part(
                    Parts.from(down, grid.down(), rows),
                    Parts.from(down + 1, grid.down(), rows),
                    Parts.from(across, grid.across(), columns),
                    Parts.from(across + 1, grid.across(), columns));
        });
    }
}
