package org.loradash.kernel;

/**
 * How an operation is cut for a team. The cut is a function of shapes alone, never of the number of threads, so that the
 * same numbers meet in the same order, to the last bit, on any number of cores.
 */
final class Parts {
    /** Elements that are worth a part of their own: some tens of microseconds of a pass over memory. */
    private static final int ELEMENTS = 1 << 15;

    private static final int MOST = 64;

    /** Multiplications that are worth a part of their own, some tens of microseconds. */
    private static final double LEAST_PRODUCTS = 4e6;

    /** Multiplications of a part, some milliseconds, where that gives parts enough. */
    private static final double PRODUCTS = 2e8;

    private static final int ENOUGH = 4;

    /** Rows or columns fewer than which make a product slow. */
    private static final int LEAST_SIDE = 96;

    private Parts() {}

    /** In how many parts to cut rows that are passed over once. */
    static int ofRows(int rows, int columns) {
        long wanted = ((long) rows * columns + ELEMENTS - 1) / ELEMENTS;
        return (int) Math.max(1, Math.min(Math.min(rows, MOST), wanted));
    }

    /** Where a part of so many begins among things that are shared out evenly. */
    static int from(int part, int parts, int things) {
        return (int) ((long) things * part / parts);
    }

    /**
     * A grid over the result of a product.
     *
     * @param down cuts of the rows
     * @param across cuts of the columns
     */
    record Grid(int down, int across) {
        int parts() {
            return down * across;
        }
    }

    /**
     * How to cut a product: the rows in two, and the columns as often as is still needed. Each part reads half of one
     * factor and a share of the other, which was measured to be fastest on two cores and leaves parts for more.
     *
     * @param rows of the result
     * @param columns of the result
     * @param inner products that each of its elements sums up
     */
    static Grid ofProduct(int rows, int columns, int inner) {
        double products = (double) rows * columns * inner;
        int wanted = (int) Math.ceil(Math.max(products / PRODUCTS, Math.min(ENOUGH, products / LEAST_PRODUCTS)));
        int mostDown = Math.max(1, rows / LEAST_SIDE);
        int mostAcross = Math.max(1, columns / LEAST_SIDE);
        int down = Math.min(Math.min(2, wanted), mostDown);
        int across = Math.min(mostAcross, ceilingOf(wanted, down));
        return new Grid(Math.min(mostDown, ceilingOf(wanted, across)), across);
    }

    private static int ceilingOf(int dividend, int divisor) {
        return (dividend + divisor - 1) / divisor;
    }
}
