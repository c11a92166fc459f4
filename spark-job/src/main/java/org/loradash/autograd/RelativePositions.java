package org.loradash.autograd;

/**
 * Which row of a table of relative positions two tokens meet at (DeBERTaV2 and V3, arXiv 2111.09543): each distance of
 * query and key has its own near zero, farther ones share theirs by the logarithm.
 *
 * @param buckets rows of one sign, half of them for single distances; 0 or less where each distance has its own
 * @param most the distance that the last row is for
 */
public record RelativePositions(int buckets, int most) {
    public RelativePositions {
        if (most < 1 || buckets == 1) {
            throw new IllegalArgumentException(
                    "relative positions: %d buckets to distance %d (must be none or 2 at least, to 1 at least)"
                            .formatted(buckets, most));
        }
    }

    /** Rows of one sign. */
    public int span() {
        return buckets > 0 ? buckets : most;
    }

    /**
     * The row of a distance, from 0 to below 2 {@link #span}.
     *
     * @param distance of the query from the first token, less that of the key
     */
    public int row(int distance) {
        int bucket = buckets > 0 ? bucket(distance) : distance;
        return Math.max(0, Math.min(2 * span() - 1, bucket + span()));
    }

    /** In float32, as transformers computes it, so that a logarithm next to a whole number falls on the same side of it. */
    private int bucket(int distance) {
        int mid = buckets / 2;
        int magnitude = Math.abs(distance);
        if (magnitude <= mid || mid >= most - 1) {
            return distance; // also where no distance is left to share a row
        }
        float share = logarithm((float) magnitude / mid) / logarithm((float) ((most - 1) / (double) mid));
        float bucket = (float) Math.ceil(share * (mid - 1)) + mid;
        return (int) Math.min(bucket, 2 * span()) * Integer.signum(distance);
    }

    private static float logarithm(float x) {
        return (float) Math.log(x);
    }

    /** The first row that tokens of texts up to a length meet at. */
    public int from(int longest) {
        return row(1 - longest);
    }

    /** One past the last row that tokens of texts up to a length meet at. */
    public int to(int longest) {
        return row(longest - 1) + 1;
    }

    /** The rows of all distances from 1 - longest to longest - 1, counted from {@link #from}. */
    int[] rows(int longest) {
        int[] rows = new int[2 * longest - 1];
        int first = from(longest);
        for (int i = 0; i < rows.length; i++) {
            rows[i] = row(i + 1 - longest) - first;
        }
        return rows;
    }
}
