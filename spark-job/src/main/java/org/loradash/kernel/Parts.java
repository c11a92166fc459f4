package org.loradash.kernel;

/**
 * In how many parts an operation is cut. The cut is a function of shapes alone, never of the number of threads, so that the
 * same numbers meet in the same order, to the last bit, on any number of cores.
 */
public final class Parts {
    /** Elements that are worth a part of their own: some tens of microseconds of a pass over memory. */
    private static final int ELEMENTS = 1 << 15;

    private static final int MOST = 64;

    /** Multiplications that are worth two parts, some tens of microseconds. */
    private static final double WORTH_TWO = 1e6;

    /** Multiplications of a part beyond which there are more of them, some tens of milliseconds. */
    private static final double PRODUCTS = 4e9;

    /** Rows or columns fewer than which make a product slow. */
    private static final int LEAST_SIDE = 64;

    /** Elements of a matrix that are worth a part where it is read once: some tens of microseconds. */
    private static final int MATRIX_ELEMENTS = 1 << 17;

    private Parts() {}

    /** In how many parts to cut rows that are passed over once. */
    public static int ofRows(int rows, int columns) {
        long wanted = ((long) rows * columns + ELEMENTS - 1) / ELEMENTS;
        return (int) Math.max(1, Math.min(Math.min(rows, MOST), wanted));
    }

    /** Where a part of so many begins among things that are shared out evenly. */
    public static int from(int part, int parts, int things) {
        return (int) ((long) things * part / parts);
    }

    /**
     * A grid over the result of a product.
     *
     * @param down cuts of the rows
     * @param across cuts of the columns
     */
    public record Grid(int down, int across) {
        int parts() {
            return down * across;
        }
    }

    /**
     * How to cut the product of few rows with a large transposed matrix, whose time is that of reading the matrix: each
     * part reads some of its rows.
     *
     * @param columns of the result: rows of the matrix
     * @param inner columns of the matrix
     */
    public static Grid ofFewRows(int columns, int inner) {
        long wanted = (long) columns * inner / MATRIX_ELEMENTS;
        return new Grid(1, (int) Math.max(1, Math.min(Math.min(MOST, columns / LEAST_SIDE), wanted)));
    }

    /**
     * How to cut a product. Each part packs its share of both factors anew, so there are few parts, and of the cuts the one
     * that packs least: the nearest to squares. Small parts would be shared out better among many threads, but they were
     * measured to cost a tenth of a step.
     *
     * @param rows of the result
     * @param columns of the result
     * @param inner products that each of its elements sums up
     */
    public static Grid ofProduct(int rows, int columns, int inner) {
        double products = (double) rows * columns * inner;
        int wanted = (int) Math.ceil(Math.max(products / PRODUCTS, products < WORTH_TWO ? 1 : 2));
        int mostDown = Math.max(1, rows / LEAST_SIDE);
        int mostAcross = Math.max(1, columns / LEAST_SIDE);
        Grid best = null;
        long least = Long.MAX_VALUE;
        for (int down = 1; down <= Math.min(wanted, mostDown); down++) {
            int across = Math.min(mostAcross, (wanted + down - 1) / down);
            long packed = (long) down * columns + (long) across * rows;
            boolean enough = down * across >= wanted;
            if (best == null || enough && (packed < least || best.parts() < wanted)) {
                best = new Grid(down, across);
                least = packed;
            }
        }
        return best.parts() < wanted ? new Grid(Math.min(wanted, mostDown), mostAcross) : best;
    }
}
