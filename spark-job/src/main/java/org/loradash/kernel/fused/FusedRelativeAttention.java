package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.FusedAttention.BLOCK;
import static org.loradash.kernel.fused.FusedAttention.D_KEYS;
import static org.loradash.kernel.fused.FusedAttention.D_OUTS;
import static org.loradash.kernel.fused.FusedAttention.D_SCORES;
import static org.loradash.kernel.fused.FusedAttention.D_VALUES;
import static org.loradash.kernel.fused.FusedAttention.KEYS;
import static org.loradash.kernel.fused.FusedAttention.LOGS;
import static org.loradash.kernel.fused.FusedAttention.MEANS;
import static org.loradash.kernel.fused.FusedAttention.OUTS;
import static org.loradash.kernel.fused.FusedAttention.QUERIES;
import static org.loradash.kernel.fused.FusedAttention.SCALED_KEYS_TRANSPOSED;
import static org.loradash.kernel.fused.FusedAttention.VALUES;
import static org.loradash.kernel.fused.FusedAttention.VALUES_TRANSPOSED;
import static org.loradash.kernel.fused.FusedAttention.WEIGHTS;
import static org.loradash.kernel.fused.FusedAttention.loadHead;
import static org.loradash.kernel.fused.FusedAttention.put;
import static org.loradash.kernel.fused.FusedAttention.storeHead;
import static org.loradash.kernel.fused.FusedAttention.take;
import static org.loradash.kernel.fused.FusedAttention.transpose;
import static org.loradash.kernel.fused.FusedAttention.zeros;
import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.padded;
import static org.loradash.kernel.fused.SmallProduct.TILE_ROWS;

import java.util.Arrays;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.fused.SmallProduct.Sum;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.RelativeAttention.Backward;
import org.loradash.kernel.operation.RelativeAttention.Forward;
import org.loradash.kernel.operation.RelativeAttention.Relative;

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

    /** How many elements a tile that is read askew sticks out. */
    private static final int BESIDE = TILE_ROWS - 1;

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

    /** One head's distances, in the forms that products take. */
    private record Head(
            Distances distances,
            float[] keys,
            float[] queries,
            float[] scaledKeysTransposed,
            float[] queriesTransposed,
            int width) {

        static Head load(Relative relative, int[] rows, int number, int d, float scale, Scratch scratch) {
            Distances distances = new Distances(rows, number, d);
            float[] keys = distances.load(relative.keys(), RELATIVE_KEYS, scratch);
            float[] queries = distances.load(relative.queries(), RELATIVE_QUERIES, scratch);
            return new Head(
                    distances,
                    keys,
                    queries,
                    distances.transpose(keys, scale, RELATIVE_KEYS_TRANSPOSED, scratch),
                    distances.transpose(queries, 1, RELATIVE_QUERIES_TRANSPOSED, scratch),
                    padded(d));
        }

        /** Which row of the distances the first query of a block and the first key meet at. */
        int first(int block) {
            return distances.longest() - 1 - block;
        }

        void scores(float[] of, int rows, int block, Frame frame, float[] scaledContentsTransposed, float[] scores) {
            RelativeScores.write(
                    new RelativeScores.Of(
                            of,
                            width,
                            scaledContentsTransposed,
                            frame.stride(),
                            scaledKeysTransposed,
                            queriesTransposed,
                            distances.stride(),
                            distances.d()),
                    rows,
                    frame.length(),
                    first(block),
                    scores,
                    frame.at(0));
        }

        /** dQueries += dScores times the relative keys: query i + r meets distance x at key x + i + r - first. */
        void addToQueries(float[] dScores, Frame frame, int rows, int first, float[] dQueries) {
            for (int i = 0; i < rows; i += TILE_ROWS) {
                int x = first - i - BESIDE;
                int from = frame.at(i) - BESIDE;
                askew(dScores, from, frame.stride() + 1, 1, keys, at(x), dQueries, i * width, frame.length() + BESIDE);
            }
        }

        /** dKeys += dScores^T times the relative queries: key j + r meets distance x at query first + j + r - x. */
        void addToKeys(float[] dScores, Frame frame, int rows, int first, float[] dKeys) {
            int stride = frame.stride();
            for (int j = 0; j < frame.length(); j += TILE_ROWS) {
                int x = first + j - rows + 1;
                int from = frame.at(rows - 1) + j;
                askew(dScores, from, stride + 1, -stride, queries, at(x), dKeys, j * width, rows + BESIDE);
            }
        }

        /** dRelativeKeys += for each distance x + r the queries i times what they have at key x + r + i - first. */
        void addToRelativeKeys(float[] dScores, Frame frame, int rows, int first, float[] of, float[] dRelativeKeys) {
            for (int x = first - rows + 1; x < first + frame.length(); x += TILE_ROWS) {
                int key = x - first;
                int begin = Math.max(0, -key - BESIDE);
                int end = Math.min(rows, frame.length() - key);
                int from = frame.at(begin) + key + begin;
                askew(dScores, from, 1, frame.stride() + 1, of, begin * width, dRelativeKeys, at(x), end - begin);
            }
        }

        /** dRelativeQueries += for each distance x + r the keys j times what they have at query first + j - x - r. */
        void addToRelativeQueries(
                float[] dScores, Frame frame, int rows, int first, float[] of, float[] dRelativeQueries) {
            int stride = frame.stride();
            for (int x = first - rows + 1; x < first + frame.length(); x += TILE_ROWS) {
                int query = first - x;
                int begin = Math.max(0, -query);
                int end = Math.min(frame.length(), rows - query + BESIDE);
                int from = frame.at(query + begin) + begin;
                askew(dScores, from, -stride, stride + 1, of, begin * width, dRelativeQueries, at(x), end - begin);
            }
        }

        private int at(int x) {
            return distances.at(x);
        }

        /** A tile's rows of c += a b, where a is read askew. */
        private void askew(
                float[] a,
                int fromA,
                int rowOfA,
                int columnOfA,
                float[] b,
                int fromB,
                float[] c,
                int fromC,
                int inner) {
            SmallProduct.multiply(
                    a, fromA, rowOfA, columnOfA, b, fromB, width, c, fromC, width, TILE_ROWS, width, inner, Sum.ADDED);
        }
    }

    public static void forward(Forward of, Scratch scratch) {
        AttentionShape shape = of.shape();
        int d = of.q().columns() / shape.heads();
        int width = padded(d);
        float[] outs = scratch.floats(OUTS, BLOCK * width);
        float[] logs = scratch.floats(LOGS, BLOCK);
        for (int number = 0; number < shape.heads(); number++) {
            Head head = Head.load(of.relative(), of.rows(), number, d, shape.scale(), scratch);
            for (int sequence = 0; sequence < shape.sequences(); sequence++) {
                int start = shape.starts()[sequence];
                int length = shape.length(sequence);
                Frame frame = new Frame(length);
                int stride = frame.stride();
                float[] weights = scratch.floats(WEIGHTS, frame.size());
                float[] keys = loadHead(of.k(), start, length, number, d, KEYS, scratch);
                float[] values = loadHead(of.v(), start, length, number, d, VALUES, scratch);
                float[] scaledKeysTransposed =
                        transpose(keys, length, d, shape.scale(), stride, COUNT, SCALED_KEYS_TRANSPOSED, scratch);
                for (int from = 0; from < length; from += BLOCK) {
                    int rows = Math.min(BLOCK, length - from);
                    float[] queries = loadHead(of.q(), start + from, rows, number, d, QUERIES, scratch);
                    head.scores(queries, rows, from, frame, scaledKeysTransposed, weights);
                    int at = frame.at(0);
                    Scores.ofAll(shape, rows, length, at, stride).softmax(weights, logs);
                    put(logs, of.logSumExp(), start + from, rows, number, 1);
                    SmallProduct.multiply(
                            weights, at, stride, 1, values, 0, width, outs, 0, width, rows, width, length, Sum.NEW);
                    storeHead(outs, 1, of.out(), start + from, rows, number, d);
                }
            }
        }
    }

    public static void backward(Backward of, Scratch scratch) {
        AttentionShape shape = of.shape();
        int d = of.q().columns() / shape.heads();
        for (int number = 0; number < shape.heads(); number++) {
            Head head = Head.load(of.relative(), of.rows(), number, d, shape.scale(), scratch);
            Distances distances = head.distances();
            float[] dRelativeKeys = distances.zeros(D_RELATIVE_KEYS, scratch);
            float[] dRelativeQueries = distances.zeros(D_RELATIVE_QUERIES, scratch);
            for (int sequence = 0; sequence < shape.sequences(); sequence++) {
                backward(of, sequence, head, dRelativeKeys, dRelativeQueries, scratch);
            }
            of.dRelative().keys().ifPresent(to -> distances.add(dRelativeKeys, shape.scale(), to, SUM, scratch));
            of.dRelative().queries().ifPresent(to -> distances.add(dRelativeQueries, shape.scale(), to, SUM, scratch));
        }
    }

    private static void backward(
            Backward of, int sequence, Head head, float[] dRelativeKeys, float[] dRelativeQueries, Scratch scratch) {
        float scale = of.shape().scale();
        int number = head.distances().head();
        int d = head.distances().d();
        int width = head.width();
        int start = of.shape().starts()[sequence];
        int length = of.shape().length(sequence);
        Frame frame = new Frame(length);
        int stride = frame.stride();
        int at = frame.at(0);
        float[] weights = scratch.floats(WEIGHTS, frame.size());
        float[] logs = scratch.floats(LOGS, BLOCK);
        float[] means = scratch.floats(MEANS, BLOCK);
        float[] dScores = zeros(D_SCORES, frame.size(), scratch);
        float[] keys = loadHead(of.k(), start, length, number, d, KEYS, scratch);
        float[] values = loadHead(of.v(), start, length, number, d, VALUES, scratch);
        float[] scaledKeysTransposed =
                transpose(keys, length, d, scale, stride, COUNT, SCALED_KEYS_TRANSPOSED, scratch);
        float[] valuesTransposed = transpose(values, length, d, 1, stride, VALUES_TRANSPOSED, scratch);
        float[] dKeys = zeros(D_KEYS, padded(length) * width, scratch);
        float[] dValues = zeros(D_VALUES, padded(length) * width, scratch);
        for (int from = 0; from < length; from += BLOCK) {
            int rows = Math.min(BLOCK, length - from);
            int first = head.first(from);
            float[] queries = loadHead(of.q(), start + from, rows, number, d, QUERIES, scratch);
            float[] outs = loadHead(of.out(), start + from, rows, number, d, OUTS, scratch);
            float[] dOuts = loadHead(of.dOut(), start + from, rows, number, d, D_OUTS, scratch);
            head.scores(queries, rows, from, frame, scaledKeysTransposed, weights);
            int keysPadded = padded(length);
            SmallProduct.multiply(
                    dOuts, 0, width, 1, valuesTransposed, 0, stride, dScores, at, stride, rows, keysPadded, d, Sum.NEW);
            for (int i = 0; i < rows; i++) {
                means[i] = Lanes.dot(dOuts, i * width, outs, i * width, width);
            }
            take(of.logSumExp(), start + from, rows, number, 1, logs);
            Scores.ofAll(of.shape(), rows, length, at, stride).softmaxBackward(weights, dScores, logs, means);
            // The product's last tile, and the block before, may have left something behind the rows.
            Arrays.fill(dScores, frame.at(rows) - COUNT, frame.at(rows + TILE_ROWS) - COUNT, 0);
            SmallProduct.multiply(
                    weights, at, 1, stride, dOuts, 0, width, dValues, 0, width, length, width, rows, Sum.ADDED);
            SmallProduct.multiply(
                    dScores, at, 1, stride, queries, 0, width, dKeys, 0, width, length, width, rows, Sum.ADDED);
            SmallProduct.multiply(dScores, at, stride, 1, keys, 0, width, outs, 0, width, rows, width, length, Sum.NEW);
            if (of.relative().keys().isPresent()) {
                head.addToQueries(dScores, frame, rows, first, outs);
            }
            if (of.relative().queries().isPresent()) {
                head.addToKeys(dScores, frame, rows, first, dKeys);
            }
            if (of.dRelative().keys().isPresent()) {
                head.addToRelativeKeys(dScores, frame, rows, first, queries, dRelativeKeys);
            }
            if (of.dRelative().queries().isPresent()) {
                head.addToRelativeQueries(dScores, frame, rows, first, keys, dRelativeQueries);
            }
            storeHead(outs, scale, of.dq(), start + from, rows, number, d);
        }
        storeHead(dKeys, scale, of.dk(), start, length, number, d);
        storeHead(dValues, 1, of.dv(), start, length, number, d);
    }
}
