package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.padded;

import org.loradash.kernel.Scratch;
import org.loradash.kernel.fused.SmallProduct.Sum;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.CrossAttention;

/** Attention to another sequence, by blocks of queries as {@link FusedAttention} has them. */
public final class FusedCrossAttention {
    private FusedCrossAttention() {}

    public static void forward(CrossAttention of, Scratch scratch) {
        int d = of.q().columns() / of.heads();
        int width = padded(d);
        int length = of.k().rows();
        int stride = FusedAttention.stride(length);
        AttentionShape shape = AttentionShape.bothWays(1, 1, new int[] {0, length}, of.scale());
        float[] weights = scratch.floats(FusedAttention.WEIGHTS, FusedAttention.BLOCK * stride);
        float[] outs = scratch.floats(FusedAttention.OUTS, FusedAttention.BLOCK * width);
        for (int head = 0; head < of.heads(); head++) {
            float[] keys = FusedAttention.load(of.k(), 0, length, head, d, FusedAttention.KEYS, scratch);
            float[] values = FusedAttention.load(of.v(), 0, length, head, d, FusedAttention.VALUES, scratch);
            float[] transposed = FusedAttention.transpose(
                    keys, length, d, of.scale(), stride, FusedAttention.SCALED_KEYS_TRANSPOSED, scratch);
            for (int from = 0; from < of.q().rows(); from += FusedAttention.BLOCK) {
                int rows = Math.min(FusedAttention.BLOCK, of.q().rows() - from);
                float[] queries = FusedAttention.load(of.q(), from, rows, head, d, FusedAttention.QUERIES, scratch);
                SmallProduct.multiply(
                        queries, width, 1, transposed, stride, weights, stride, rows, padded(length), d, Sum.NEW);
                for (int i = 0; i < rows; i++) {
                    FusedAttention.softmax(weights, i * stride, 0, length, padded(length), shape);
                }
                SmallProduct.multiply(weights, stride, 1, values, width, outs, width, rows, width, length, Sum.NEW);
                FusedAttention.store(outs, 1, of.out(), from, rows, head, d);
            }
        }
    }
}
