package org.loradash.tsd.report;

import java.util.Arrays;

/** Fewer points for a page that stays small, without losing what stands out. */
final class Thinning {
    private Thinning() {}

    /** The lowest and the highest point of each of {@code most / 2} runs of points; the series itself if it is short. */
    static Series extremes(Series series, int most) {
        int size = series.size();
        if (size <= most) {
            return series;
        }
        int runs = most / 2;
        double[] x = new double[2 * runs];
        double[] y = new double[2 * runs];
        for (int run = 0; run < runs; run++) {
            int from = (int) ((long) run * size / runs);
            int to = (int) ((long) (run + 1) * size / runs);
            int low = from;
            int high = from;
            for (int i = from; i < to; i++) {
                low = series.y()[i] < series.y()[low] ? i : low;
                high = series.y()[i] > series.y()[high] ? i : high;
            }
            int first = Math.min(low, high);
            int second = Math.max(low, high);
            x[2 * run] = series.x()[first];
            y[2 * run] = series.y()[first];
            x[2 * run + 1] = series.x()[second];
            y[2 * run + 1] = series.y()[second];
        }
        return new Series(series.name(), x, y);
    }

    /**
     * The highest of each of {@code most / 2} runs of points, and the first other one, which stands for the rest: the
     * lowest in its place would make two bands of one cloud. The series itself if it is short.
     */
    static Series highest(Series series, int most) {
        int size = series.size();
        if (size <= most) {
            return series;
        }
        int runs = most / 2;
        double[] x = new double[2 * runs];
        double[] y = new double[2 * runs];
        for (int run = 0; run < runs; run++) {
            int from = (int) ((long) run * size / runs);
            int to = (int) ((long) (run + 1) * size / runs);
            int high = from;
            for (int i = from; i < to; i++) {
                high = series.y()[i] > series.y()[high] ? i : high;
            }
            int other = high == from ? from + 1 : from;
            x[2 * run] = series.x()[Math.min(high, other)];
            y[2 * run] = series.y()[Math.min(high, other)];
            x[2 * run + 1] = series.x()[Math.max(high, other)];
            y[2 * run + 1] = series.y()[Math.max(high, other)];
        }
        return new Series(series.name(), x, y);
    }

    /** Indices from 0 to {@code size - 1} that lie evenly on a logarithmic axis, first and last among them. */
    static int[] logarithmic(int size, int most) {
        int[] indices = new int[Math.min(size, most)];
        for (int k = 0; k < indices.length; k++) {
            double position = Math.pow(size, indices.length == 1 ? 0 : (double) k / (indices.length - 1)) - 1;
            indices[k] = Math.min(size - 1, (int) Math.round(position));
        }
        return Arrays.stream(indices).distinct().toArray();
    }
}
