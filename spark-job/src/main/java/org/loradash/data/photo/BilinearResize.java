package org.loradash.data.photo;

/**
 * Pillow's bilinear resizing: a triangle as wide as a pixel of the smaller picture, so that shrinking averages; columns first,
 * then rows, each in whole numbers of 22 bits.
 */
final class BilinearResize {
    private static final int BITS = 22;

    private BilinearResize() {}

    /** @throws IllegalArgumentException where the result has more bytes than an array */
    static Photo apply(Photo photo, int height, int width) {
        Photo wide = width == photo.width() ? photo : columns(photo, width);
        return height == wide.height() ? wide : rows(wide, height);
    }

    /**
     * What each new place is made of.
     *
     * @param first of the old places, for each new one
     * @param weights of as many old places as there are, from the first on
     */
    private record Weights(int[] first, int[][] weights) {
        static Weights of(int from, int to) {
            double scale = (double) from / to;
            double support = Math.max(scale, 1);
            int[] first = new int[to];
            int[][] weights = new int[to][];
            for (int i = 0; i < to; i++) {
                double centre = (i + 0.5) * scale;
                first[i] = Math.max(0, (int) (centre - support + 0.5));
                double[] shares = new double[Math.min(from, (int) (centre + support + 0.5)) - first[i]];
                double sum = 0;
                for (int j = 0; j < shares.length; j++) {
                    shares[j] = Math.max(0, 1 - Math.abs((first[i] + j - centre + 0.5) / support));
                    sum += shares[j];
                }
                weights[i] = new int[shares.length];
                for (int j = 0; j < shares.length; j++) {
                    weights[i][j] = (int) (0.5 + shares[j] / sum * (1 << BITS));
                }
            }
            return new Weights(first, weights);
        }
    }

    private static Photo columns(Photo photo, int width) {
        Weights of = Weights.of(photo.width(), width);
        byte[] resized = new byte[size(photo.height(), width)];
        for (int y = 0; y < photo.height(); y++) {
            for (int x = 0; x < width; x++) {
                int from = 3 * (y * photo.width() + of.first[x]);
                int to = 3 * (y * width + x);
                for (int colour = 0; colour < 3; colour++) {
                    resized[to + colour] = mean(photo.pixels(), from + colour, 3, of.weights[x]);
                }
            }
        }
        return new Photo(photo.height(), width, resized);
    }

    private static Photo rows(Photo photo, int height) {
        Weights of = Weights.of(photo.height(), height);
        int row = 3 * photo.width();
        byte[] resized = new byte[size(height, photo.width())];
        for (int y = 0; y < height; y++) {
            for (int i = 0; i < row; i++) {
                resized[y * row + i] = mean(photo.pixels(), of.first[y] * row + i, row, of.weights[y]);
            }
        }
        return new Photo(height, photo.width(), resized);
    }

    private static byte mean(byte[] pixels, int from, int step, int[] weights) {
        int sum = 1 << (BITS - 1);
        for (int j = 0; j < weights.length; j++) {
            sum += Byte.toUnsignedInt(pixels[from + j * step]) * weights[j];
        }
        return (byte) Math.max(0, Math.min(255, sum >> BITS));
    }

    private static int size(int height, int width) {
        long size = 3L * height * width;
        if (size > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("photo: %d x %d (must fit an array)".formatted(height, width));
        }
        return (int) size;
    }
}
