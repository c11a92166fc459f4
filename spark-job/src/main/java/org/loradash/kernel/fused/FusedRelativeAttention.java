package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.FusedAttention.BLOCK;
import static org.loradash.kernel.fused.FusedAttention.D_KEYS;
import static org.loradash.kernel.fused.FusedAttention.D_OUTS;
import static org.loradash.kernel.fused.FusedAttention.D_SCORES;
import static org.loradash.kernel.fused.FusedAttention.D_VALUES;
import static org.loradash.kernel.fused.FusedAttention.KEYS;
import static org.loradash.kernel.fused.FusedAttention.OUTS;
import static org.loradash.kernel.fused.FusedAttention.QUERIES;
import static org.loradash.kernel.fused.FusedAttention.SCALED_KEYS_TRANSPOSED;
import static org.loradash.kernel.fused.FusedAttention.VALUES;
import static org.loradash.kernel.fused.FusedAttention.VALUES_TRANSPOSED;
import static org.loradash.kernel.fused.FusedAttention.WEIGHTS;
import static org.loradash.kernel.fused.FusedAttention.load;
import static org.loradash.kernel.fused.FusedAttention.softmax;
import static org.loradash.kernel.fused.FusedAttention.softmaxBackward;
import static org.loradash.kernel.fused.FusedAttention.store;
import static org.loradash.kernel.fused.FusedAttention.transpose;
import static org.loradash.kernel.fused.FusedAttention.zeros;
import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.padded;
import static org.loradash.kernel.fused.SmallProduct.TILE_ROWS;

import java.util.Arrays;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.SmallProduct.Sum;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.RelativeAttention.Backward;
import org.loradash.kernel.operation.RelativeAttention.Forward;

/**
 * Relative attention by blocks of queries, as {@link FusedAttention}, head by head, so that what stands for a head's distances
 * is loaded once for all sequences. Rows of scores lie in a frame of zeros: read askew, so that the elements of one distance
 * stand below each other, they are factors of plain products, whose tiles reach into the frame where they stick out.
 */
public final class FusedRelativeAttention {
    private static final int RELATIVE_KEYS = 11;
    private static final int RELATIVE_KEYS_TRANSPOSED = 12;
    private static final int RELATIVE_QUERIES = 13;
    private static final int RELATIVE_QUERIES_TRANSPOSED = 14;
    private static final int D_RELATIVE_KEYS = 15;
    private static final int D_RELATIVE_QUERIES = 16;
    private static final int SUM = 17;

    private FusedRelativeAttention() {}

    /** What the scores of one sequence and head lie in: rows of queries, with TILE_ROWS before and behind them. */
    private record Frame(int length) {
        /** An odd number of vectors, with one before the keys and three behind them. */
        int stride() {
            return padded(length) + 4 * COUNT | COUNT;
        }

        int size() {
            return (BLOCK + 2 * TILE_ROWS) * stride();
        }

        /** Where the first key of a query of the block is. */
        int at(int query) {
            return (TILE_ROWS + query) * stride() + COUNT;
        }
    }

    public static void forward(Forward of, Scratch scratch) {
        AttentionShape shape = of.shape();
        int d = of.q().columns() / shape.heads();
        int width = padded(d);
        float[] outs = scratch.floats(OUTS, BLOCK * width);
        for (int head = 0; head < shape.heads(); head++) {
            Distances distances = new Distances(of.rows(), head, d);
            float[] relativeKeys = distances.load(of.relative().keys(), RELATIVE_KEYS, scratch);
            float[] relativeQueries = distances.load(of.relative().queries(), RELATIVE_QUERIES, scratch);
            float[] relativeKeysTransposed =
                    distances.transpose(relativeKeys, shape.scale(), RELATIVE_KEYS_TRANSPOSED, scratch);
            float[] relativeQueriesTransposed =
                    distances.transpose(relativeQueries, 1, RELATIVE_QUERIES_TRANSPOSED, scratch);
            for (int sequence = 0; sequence < shape.sequences(); sequence++) {
                int start = shape.starts()[sequence];
                int length = shape.length(sequence);
                Frame frame = new Frame(length);
                int stride = frame.stride();
                float[] weights = scratch.floats(WEIGHTS, frame.size());
                float[] keys = load(of.k(), start, length, head, d, KEYS, scratch);
                float[] values = load(of.v(), start, length, head, d, VALUES, scratch);
                float[] scaledKeysTransposed =
                        transpose(keys, length, d, shape.scale(), stride, COUNT, SCALED_KEYS_TRANSPOSED, scratch);
                for (int from = 0; from < length; from += BLOCK) {
                    int rows = Math.min(BLOCK, length - from);
                    float[] queries = load(of.q(), start + from, rows, head, d, QUERIES, scratch);
                    RelativeScores.write(
                            new RelativeScores.Of(
                                    queries,
                                    width,
                                    scaledKeysTransposed,
                                    stride,
                                    relativeKeysTransposed,
                                    relativeQueriesTransposed,
                                    distances.stride(),
                                    d),
                            rows,
                            length,
                            distances.longest() - 1 - from,
                            weights,
                            frame.at(0));
                    for (int i = 0; i < rows; i++) {
                        float denominator = softmax(weights, frame.at(i), length, padded(length));
                        of.logSumExp()
                                .floats()
                                .put((start + from + i) * of.logSumExp().stride() + head, denominator);
                    }
                    SmallProduct.multiply(
                            weights,
                            frame.at(0),
                            stride,
                            1,
                            values,
                            0,
                            width,
                            outs,
                            0,
                            width,
                            rows,
                            width,
                            length,
                            Sum.NEW);
                    store(outs, 1, of.out(), start + from, rows, head, d);
                }
            }
        }
    }

    public static void backward(Backward of, Scratch scratch) {
        AttentionShape shape = of.shape();
        int d = of.q().columns() / shape.heads();
        int width = padded(d);
        Tensor logSumExp = of.logSumExp();
        boolean toKeys = of.relative().keys().isPresent();
        boolean toQueries = of.relative().queries().isPresent();
        for (int head = 0; head < shape.heads(); head++) {
            Distances distances = new Distances(of.rows(), head, d);
            float[] relativeKeys = distances.load(of.relative().keys(), RELATIVE_KEYS, scratch);
            float[] relativeQueries = distances.load(of.relative().queries(), RELATIVE_QUERIES, scratch);
            float[] relativeKeysTransposed =
                    distances.transpose(relativeKeys, shape.scale(), RELATIVE_KEYS_TRANSPOSED, scratch);
            float[] relativeQueriesTransposed =
                    distances.transpose(relativeQueries, 1, RELATIVE_QUERIES_TRANSPOSED, scratch);
            float[] dRelativeKeys = distances.zeros(D_RELATIVE_KEYS, scratch);
            float[] dRelativeQueries = distances.zeros(D_RELATIVE_QUERIES, scratch);
            for (int sequence = 0; sequence < shape.sequences(); sequence++) {
                int start = shape.starts()[sequence];
                int length = shape.length(sequence);
                Frame frame = new Frame(length);
                int stride = frame.stride();
                float[] weights = scratch.floats(WEIGHTS, frame.size());
                float[] dScores = zeros(D_SCORES, frame.size(), scratch);
                float[] keys = load(of.k(), start, length, head, d, KEYS, scratch);
                float[] values = load(of.v(), start, length, head, d, VALUES, scratch);
                float[] scaledKeysTransposed =
                        transpose(keys, length, d, shape.scale(), stride, COUNT, SCALED_KEYS_TRANSPOSED, scratch);
                float[] valuesTransposed = transpose(values, length, d, 1, stride, 0, VALUES_TRANSPOSED, scratch);
                float[] dKeys = zeros(D_KEYS, padded(length) * width, scratch);
                float[] dValues = zeros(D_VALUES, padded(length) * width, scratch);
                for (int from = 0; from < length; from += BLOCK) {
                    int rows = Math.min(BLOCK, length - from);
                    int first = distances.longest() - 1 - from;
                    float[] queries = load(of.q(), start + from, rows, head, d, QUERIES, scratch);
                    float[] outs = load(of.out(), start + from, rows, head, d, OUTS, scratch);
                    float[] dOuts = load(of.dOut(), start + from, rows, head, d, D_OUTS, scratch);
                    RelativeScores.write(
                            new RelativeScores.Of(
                                    queries,
                                    width,
                                    scaledKeysTransposed,
                                    stride,
                                    relativeKeysTransposed,
                                    relativeQueriesTransposed,
                                    distances.stride(),
                                    d),
                            rows,
                            length,
                            first,
                            weights,
                            frame.at(0));
                    int at = frame.at(0);
                    SmallProduct.multiply(
                            dOuts,
                            0,
                            width,
                            1,
                            valuesTransposed,
                            0,
                            stride,
                            dScores,
                            at,
                            stride,
                            rows,
                            padded(length),
                            d,
                            Sum.NEW);
                    for (int i = 0; i < rows; i++) {
                        float denominator = logSumExp.floats().get((start + from + i) * logSumExp.stride() + head);
                        float mean = Lanes.dot(dOuts, i * width, outs, i * width, width);
                        softmaxBackward(weights, dScores, frame.at(i), length, padded(length), denominator, mean);
                    }
                    Arrays.fill(dScores, frame.at(rows) - COUNT, frame.at(rows + TILE_ROWS) - COUNT, 0);
                    SmallProduct.multiply(
                            weights, at, 1, stride, dOuts, 0, width, dValues, 0, width, length, width, rows, Sum.ADDED);
                    SmallProduct.multiply(
                            dScores, at, 1, stride, queries, 0, width, dKeys, 0, width, length, width, rows, Sum.ADDED);
                    SmallProduct.multiply(
                            dScores, at, stride, 1, keys, 0, width, outs, 0, width, rows, width, length, Sum.NEW);
                    if (toKeys) {
                        // Query i + r meets distance x at key x + i + r - first.
                        for (int i = 0; i < rows; i += TILE_ROWS) {
                            int x = first - i - TILE_ROWS + 1;
                            SmallProduct.multiply(
                                    dScores,
                                    frame.at(i) - TILE_ROWS + 1,
                                    stride + 1,
                                    1,
                                    relativeKeys,
                                    distances.at(x),
                                    width,
                                    outs,
                                    i * width,
                                    width,
                                    TILE_ROWS,
                                    width,
                                    length + TILE_ROWS - 1,
                                    Sum.ADDED);
                        }
                        if (of.dRelative().keys().isPresent()) {
                            for (int x = first - rows + 1; x < first + length; x += TILE_ROWS) {
                                int key = x - first;
                                int begin = Math.max(0, 1 - TILE_ROWS - key);
                                int end = Math.min(rows, length - key);
                                SmallProduct.multiply(
                                        dScores,
                                        frame.at(begin) + key + begin,
                                        1,
                                        stride + 1,
                                        queries,
                                        begin * width,
                                        width,
                                        dRelativeKeys,
                                        distances.at(x),
                                        width,
                                        TILE_ROWS,
                                        width,
                                        end - begin,
                                        Sum.ADDED);
                            }
                        }
                    }
                    if (toQueries) {
                        for (int j = 0; j < length; j += TILE_ROWS) {
                            int x = first + j - rows + 1;
                            SmallProduct.multiply(
                                    dScores,
                                    frame.at(rows - 1) + j,
                                    stride + 1,
                                    -stride,
                                    relativeQueries,
                                    distances.at(x),
                                    width,
                                    dKeys,
                                    j * width,
                                    width,
                                    TILE_ROWS,
                                    width,
                                    rows + TILE_ROWS - 1,
                                    Sum.ADDED);
                        }
                        if (of.dRelative().queries().isPresent()) {
                            for (int x = first - rows + 1; x < first + length; x += TILE_ROWS) {
                                int query = first - x;
                                int begin = Math.max(0, -query);
                                int end = Math.min(length, rows - query + TILE_ROWS - 1);
                                SmallProduct.multiply(
                                        dScores,
                                        frame.at(query + begin) + begin,
                                        -stride,
                                        stride + 1,
                                        keys,
                                        begin * width,
                                        width,
                                        dRelativeQueries,
                                        distances.at(x),
                                        width,
                                        TILE_ROWS,
                                        width,
                                        end - begin,
                                        Sum.ADDED);
                            }
                        }
                    }
                    store(outs, shape.scale(), of.dq(), start + from, rows, head, d);
                }
                store(dKeys, shape.scale(), of.dk(), start, length, head, d);
                store(dValues, 1, of.dv(), start, length, head, d);
            }
            of.dRelative().keys().ifPresent(to -> distances.add(dRelativeKeys, shape.scale(), to, SUM, scratch));
            of.dRelative().queries().ifPresent(to -> distances.add(dRelativeQueries, shape.scale(), to, SUM, scratch));
        }
    }
}
