package org.loradash.kernel.portable;

import static org.loradash.kernel.portable.Workspace.matrix;
import static org.loradash.kernel.portable.Workspace.region;

import java.util.Arrays;
import java.util.Optional;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Attention;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.CachedAttention;
import org.loradash.kernel.operation.CachedKeys;
import org.loradash.kernel.operation.Forest;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Attention segment by segment and head by head, all scores of a head at once. */
public final class PortableAttention {
    /** Low enough that its exponential is zero, high enough that adding a score to it overflows nothing. */
    private static final float MASKED = -1e30f;

    private PortableAttention() {}

    public static void forward(Attention.Forward of) {
        AttentionShape shape = of.shape();
        int d = of.q().columns() / shape.heads();
        Forest forest = shape.forest();
        for (int segment = 0; segment < forest.segments(); segment++) {
            int from = forest.start(segment);
            int to = forest.end(segment);
            for (int head = 0; head < shape.heads(); head++) {
                int keyHead = head / shape.group();
                try (MemoryWorkspace ignored = Workspace.open()) {
                    INDArray scores =
                            scores(slice(of.q(), from, to, head, d), way(of.k(), forest, segment, keyHead, d), shape);
                    INDArray maximum = scores.max(true, 1);
                    INDArray weights = Transforms.exp(scores.subi(maximum), false);
                    INDArray sum = weights.sum(true, 1);
                    region(of.out(), from, to, head * d, d)
                            .assign(product(weights, Side.PLAIN, way(of.v(), forest, segment, keyHead, d), Side.PLAIN)
                                    .divi(sum));
                    region(of.logSumExp(), from, to, head, 1)
                            .assign(Transforms.log(sum, false).addi(maximum));
                }
            }
        }
    }

    public static void backward(Attention.Backward of) {
        AttentionShape shape = of.shape();
        int d = of.q().columns() / shape.heads();
        of.dk().fill(0);
        of.dv().fill(0);
        Forest forest = shape.forest();
        for (int segment = 0; segment < forest.segments(); segment++) {
            int from = forest.start(segment);
            int to = forest.end(segment);
            for (int head = 0; head < shape.heads(); head++) {
                int keyHead = head / shape.group();
                try (MemoryWorkspace ignored = Workspace.open()) {
                    INDArray query = slice(of.q(), from, to, head, d);
                    INDArray key = way(of.k(), forest, segment, keyHead, d);
                    INDArray dOutput = slice(of.dOut(), from, to, head, d);
                    INDArray scores = scores(query, key, shape);
                    Optional<INDArray> slopes =
                            shape.isCapped() ? Optional.of(slopes(scores, shape)) : Optional.empty();
                    INDArray weights = Transforms.exp(scores.subi(region(of.logSumExp(), from, to, head, 1)), false);
                    INDArray mean =
                            dOutput.mul(slice(of.out(), from, to, head, d)).sum(true, 1);
                    INDArray dScores = product(
                                    dOutput, Side.PLAIN, way(of.v(), forest, segment, keyHead, d), Side.TRANSPOSED)
                            .subi(mean)
                            .muli(weights)
                            .muli(shape.scale());
                    slopes.ifPresent(dScores::muli);
                    region(of.dq(), from, to, head * d, d).assign(product(dScores, Side.PLAIN, key, Side.PLAIN));
                    addToWay(
                            product(dScores, Side.TRANSPOSED, query, Side.PLAIN), of.dk(), forest, segment, keyHead, d);
                    addToWay(
                            product(weights, Side.TRANSPOSED, dOutput, Side.PLAIN),
                            of.dv(),
                            forest,
                            segment,
                            keyHead,
                            d);
                }
            }
        }
    }

    public static void cached(CachedAttention of) {
        AttentionShape shape = of.shape();
        CachedKeys cache = of.cache();
        int d = cache.keys().columns();
        int capacity = cache.keys().rows() / shape.keyHeads();
        for (int sequence = 0; sequence < shape.sequences(); sequence++) {
            int from = shape.starts()[sequence];
            int to = shape.starts()[sequence + 1];
            int[] seen = Arrays.copyOf(cache.slots()[sequence], cache.lengths()[sequence]);
            for (int head = 0; head < shape.heads(); head++) {
                int first = head / shape.group() * capacity;
                int[] rows = Arrays.stream(seen).map(slot -> first + slot).toArray();
                try (MemoryWorkspace ignored = Workspace.open()) {
                    INDArray keys = Nd4j.pullRows(cache.keys().array(), 1, rows);
                    INDArray scores = scores(slice(of.q(), from, to, head, d), keys, shape);
                    INDArray weights = Transforms.exp(scores.subi(scores.max(true, 1)), false);
                    INDArray sum = weights.sum(true, 1);
                    INDArray values = Nd4j.pullRows(cache.values().array(), 1, rows);
                    region(of.out(), from, to, head * d, d)
                            .assign(product(weights, Side.PLAIN, values, Side.PLAIN)
                                    .divi(sum));
                }
            }
        }
    }

    /** The scores, with what a query does not see masked: the last query is the last key's token. */
    private static INDArray scores(INDArray query, INDArray key, AttentionShape shape) {
        int queries = (int) query.rows();
        int length = (int) key.rows();
        int before = length - queries;
        float[] factors = new float[queries * length];
        float[] masks = new float[queries * length];
        Arrays.fill(masks, MASKED);
        for (int i = 0; i < queries; i++) {
            int first = i * length + shape.reach().first(before + i);
            int end = i * length + shape.reach().end(before + i, length);
            Arrays.fill(factors, first, end, shape.isCapped() ? shape.scale() / shape.cap() : shape.scale());
            Arrays.fill(masks, first, end, 0);
        }
        INDArray scores = product(query, Side.PLAIN, key, Side.TRANSPOSED).muli(matrix(factors, queries, length));
        if (shape.isCapped()) {
            scores = Transforms.tanh(scores, false).muli(shape.cap());
        }
        return scores.addi(matrix(masks, queries, length));
    }

    /** How much a score below a cap grows with what it is made of: 1 - tanh^2. Of masked scores it is any number from 0 to 1. */
    private static INDArray slopes(INDArray scores, AttentionShape shape) {
        INDArray shares = Transforms.max(scores.div(shape.cap()), -1f, false);
        return shares.muli(shares).rsubi(1f);
    }

    /** Not by the array's own method, which takes a matrix of one element for a number, and a NaN for 1e-5. */
    static INDArray product(INDArray a, Side sideOfA, INDArray b, Side sideOfB) {
        long rows = sideOfA == Side.PLAIN ? a.rows() : a.columns();
        long columns = sideOfB == Side.PLAIN ? b.columns() : b.rows();
        INDArray c = Nd4j.createUninitialized(DataType.FLOAT, rows, columns);
        PortableProduct.byNd4j(a, sideOfA, b, sideOfB, c, 1f, 0f);
        return c;
    }

    /** A copy of one head's rows on the way from the root to a segment's end. */
    private static INDArray way(Tensor x, Forest forest, int segment, int head, int d) {
        INDArray rows = slice(x, forest.start(segment), forest.end(segment), head, d);
        int parent = forest.parent(segment);
        return parent == Forest.NONE ? rows : Nd4j.concat(0, way(x, forest, parent, head, d), rows);
    }

    /** Adds rows to those of one head on the way from the root to a segment's end. */
    private static void addToWay(INDArray rows, Tensor x, Forest forest, int segment, int head, int d) {
        if (forest.parent(segment) == Forest.NONE) {
            region(x, forest.start(segment), forest.end(segment), head * d, d).addi(rows);
            return;
        }
        for (int on = segment; on != Forest.NONE; on = forest.parent(on)) {
            int before = forest.before(on);
            region(x, forest.start(on), forest.end(on), head * d, d)
                    .addi(rows.get(NDArrayIndex.interval(before, before + forest.length(on)), NDArrayIndex.all()));
        }
    }

    /** A copy of one head's rows [from, to), (to - from) x d. */
    static INDArray slice(Tensor x, int from, int to, int head, int d) {
        return region(x, from, to, head * d, d).dup('c');
    }
}
