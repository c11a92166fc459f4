package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.padded;

import org.loradash.kernel.Scratch;
import org.loradash.kernel.fused.SmallProduct.Sum;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.CrossAttention;

/** Attention to another sequence, by blocks of queries as {@link FusedAttention} has them. */
public final class FusedCrossAttention {
    private FusedCrossAttention() {}

    public static void forward(CrossAttention.Forward of, Scratch scratch) {
        int d = of.q().columns() / of.heads();
        int width = padded(d);
        int length = of.k().rows();
        int stride = FusedAttention.stride(length);
        AttentionShape shape = AttentionShape.bothWays(1, 1, new int[] {0, length}, of.scale());
        float[] weights = scratch.floats(FusedAttention.WEIGHTS, FusedAttention.BLOCK * stride);
        float[] outs = scratch.floats(FusedAttention.OUTS, FusedAttention.BLOCK * width);
        float[] logs = scratch.floats(FusedAttention.LOGS, FusedAttention.BLOCK);
        for (int head = 0; head < of.heads(); head++) {
            float[] keys = FusedAttention.loadHead(of.k(), 0, length, head, d, FusedAttention.KEYS, scratch);
            float[] values = FusedAttention.loadHead(of.v(), 0, length, head, d, FusedAttention.VALUES, scratch);
            float[] transposed = FusedAttention.transpose(
                    keys, length, d, of.scale(), stride, FusedAttention.SCALED_KEYS_TRANSPOSED, scratch);
            for (int from = 0; from < of.q().rows(); from += FusedAttention.BLOCK) {
                int rows = Math.min(FusedAttention.BLOCK, of.q().rows() - from);
                float[] queries = FusedAttention.loadHead(of.q(), from, rows, head, d, FusedAttention.QUERIES, scratch);
                SmallProduct.multiply(
                        queries, width, 1, transposed, stride, weights, stride, rows, padded(length), d, Sum.NEW);
                Scores.ofAll(shape, rows, length, 0, stride).softmax(weights, logs);
                FusedAttention.put(logs, of.logSumExp(), from, rows, head, 1);
                SmallProduct.multiply(weights, stride, 1, values, width, outs, width, rows, width, length, Sum.NEW);
                FusedAttention.storeHead(outs, 1, of.out(), from, rows, head, d);
            }
        }
    }

    public static void backward(CrossAttention.Backward of, Scratch scratch) {
        int d = of.q().columns() / of.heads();
        int width = padded(d);
        int length = of.k().rows();
        int seen = padded(length);
        int stride = FusedAttention.stride(length);
        AttentionShape shape = AttentionShape.bothWays(1, 1, new int[] {0, length}, of.scale());
        float[] weights = scratch.floats(FusedAttention.WEIGHTS, FusedAttention.BLOCK * stride);
        float[] dScores = scratch.floats(FusedAttention.D_SCORES, FusedAttention.BLOCK * stride);
        float[] logs = scratch.floats(FusedAttention.LOGS, FusedAttention.BLOCK);
        float[] means = scratch.floats(FusedAttention.MEANS, FusedAttention.BLOCK);
        for (int head = 0; head < of.heads(); head++) {
            float[] keys = FusedAttention.loadHead(of.k(), 0, length, head, d, FusedAttention.KEYS, scratch);
            float[] values = FusedAttention.loadHead(of.v(), 0, length, head, d, FusedAttention.VALUES, scratch);
            float[] keysTransposed = FusedAttention.transpose(
                    keys, length, d, of.scale(), stride, FusedAttention.SCALED_KEYS_TRANSPOSED, scratch);
            float[] valuesTransposed =
                    FusedAttention.transpose(values, length, d, 1, stride, FusedAttention.VALUES_TRANSPOSED, scratch);
            float[] dKeys = FusedAttention.zeros(FusedAttention.D_KEYS, seen * width, scratch);
            float[] dValues = FusedAttention.zeros(FusedAttention.D_VALUES, seen * width, scratch);
            for (int from = 0; from < of.q().rows(); from += FusedAttention.BLOCK) {
                int rows = Math.min(FusedAttention.BLOCK, of.q().rows() - from);
                float[] queries = FusedAttention.loadHead(of.q(), from, rows, head, d, FusedAttention.QUERIES, scratch);
                float[] outs = FusedAttention.loadHead(of.out(), from, rows, head, d, FusedAttention.OUTS, scratch);
                float[] dOuts = FusedAttention.loadHead(of.dOut(), from, rows, head, d, FusedAttention.D_OUTS, scratch);
                SmallProduct.multiply(
                        queries, width, 1, keysTransposed, stride, weights, stride, rows, seen, d, Sum.NEW);
                SmallProduct.multiply(
                        dOuts, width, 1, valuesTransposed, stride, dScores, stride, rows, seen, d, Sum.NEW);
                for (int i = 0; i < rows; i++) {
                    means[i] = Lanes.dot(dOuts, i * width, outs, i * width, width);
                }
                FusedAttention.take(of.logSumExp(), from, rows, head, 1, logs);
                Scores.ofAll(shape, rows, length, 0, stride).softmaxBackward(weights, dScores, logs, means);
                SmallProduct.multiply(weights, 1, stride, dOuts, width, dValues, width, length, width, rows, Sum.ADDED);
                SmallProduct.multiply(dScores, 1, stride, queries, width, dKeys, width, length, width, rows, Sum.ADDED);
                SmallProduct.multiply(dScores, stride, 1, keys, width, outs, width, rows, width, length, Sum.NEW);
                FusedAttention.storeHead(outs, of.scale(), of.dq(), from, rows, head, d);
            }
            FusedAttention.storeHead(dKeys, of.scale(), of.dk(), 0, length, head, d);
            FusedAttention.storeHead(dValues, 1, of.dv(), 0, length, head, d);
        }
    }
}
