package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.assertFinite;
import static org.loradash.kernel.Samples.doubles;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.kernel.operation.Attention;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.CachedAttention;
import org.loradash.kernel.operation.CachedKeys;
import org.loradash.kernel.operation.GatherRows;
import org.loradash.kernel.operation.WriteSlots;

class AttentionTest {
    private static final int[] STARTS = {0, 5, 6, 14};
    private static final int TOKENS = 14;
    private static final int HEADS = 6;
    private static final int KEY_HEADS = 2;
    private static final int D = 5;
    private static final float SCALE = 0.4f;

    private final Samples samples = new Samples(11);
    private final Tensor q = samples.normal(TOKENS, HEADS * D);
    private final Tensor k = samples.normal(TOKENS, KEY_HEADS * D);
    private final Tensor v = samples.normal(TOKENS, KEY_HEADS * D);
    private final Tensor out = Tensor.zeros(TOKENS, HEADS * D);
    private final Tensor logSumExp = Tensor.zeros(TOKENS, HEADS);

    @ParameterizedTest
    @EnumSource
    void isTheWeightedMeanOfThePastWithinEachSequence(KernelProvider provider) {
        provider.open()
                .run(new Attention.Forward(
                        q, k, v, AttentionShape.causal(HEADS, KEY_HEADS, STARTS, SCALE), out, logSumExp));
        assertClose(out, attention(doubles(q), doubles(k), doubles(v)), 2e-6);
    }

    @ParameterizedTest
    @EnumSource
    void bothWaysItIsTheWeightedMeanOfEachSequence(KernelProvider provider) {
        AttentionShape shape = AttentionShape.bothWays(HEADS, KEY_HEADS, STARTS, SCALE);
        Kernels kernels = provider.open();
        kernels.run(new Attention.Forward(q, k, v, shape, out, logSumExp));
        assertClose(out, Reference.attention(doubles(q), doubles(k), doubles(v), shape, D), 2e-6);
        Tensor dOut = samples.normal(TOKENS, HEADS * D);
        Tensor dq = samples.normal(TOKENS, HEADS * D);
        Tensor dk = samples.normal(TOKENS, KEY_HEADS * D);
        Tensor dv = samples.normal(TOKENS, KEY_HEADS * D);
        kernels.run(new Attention.Backward(dOut, q, k, v, out, logSumExp, shape, dq, dk, dv));
        double[] dOuts = doubles(dOut);
        double[] qs = doubles(q);
        double[] ks = doubles(k);
        double[] vs = doubles(v);
        assertClose(dq, Reference.gradient(moved -> Reference.attention(moved, ks, vs, shape, D), qs, dOuts), 3e-6);
        assertClose(dk, Reference.gradient(moved -> Reference.attention(qs, moved, vs, shape, D), ks, dOuts), 3e-6);
        assertClose(dv, Reference.gradient(moved -> Reference.attention(qs, ks, moved, shape, D), vs, dOuts), 3e-6);
    }

    @ParameterizedTest
    @EnumSource
    void backwardEqualsFiniteDifferences(KernelProvider provider) {
        Tensor dOut = samples.normal(TOKENS, HEADS * D);
        Tensor dq = samples.normal(TOKENS, HEADS * D);
        Tensor dk = samples.normal(TOKENS, KEY_HEADS * D);
        Tensor dv = samples.normal(TOKENS, KEY_HEADS * D);
        Kernels kernels = provider.open();
        kernels.run(
                new Attention.Forward(q, k, v, AttentionShape.causal(HEADS, KEY_HEADS, STARTS, SCALE), out, logSumExp));
        kernels.run(new Attention.Backward(
                dOut, q, k, v, out, logSumExp, AttentionShape.causal(HEADS, KEY_HEADS, STARTS, SCALE), dq, dk, dv));
        double[] dOuts = doubles(dOut);
        double[] qs = doubles(q);
        double[] ks = doubles(k);
        double[] vs = doubles(v);
        assertClose(dq, Reference.gradient(moved -> attention(moved, ks, vs), qs, dOuts), 3e-6);
        assertClose(dk, Reference.gradient(moved -> attention(qs, moved, vs), ks, dOuts), 3e-6);
        assertClose(dv, Reference.gradient(moved -> attention(qs, ks, moved), vs, dOuts), 3e-6);
    }

    @ParameterizedTest
    @EnumSource
    void goesOnFromACacheAsIfAllWereComputedTogether(KernelProvider provider) {
        // The three sequences' keys and values, each sequence's last slots first, and the newest 3, 1 and 4 tokens.
        int[][] slots = {{13, 12, 11, 10, 9}, {8}, {7, 6, 5, 4, 3, 2, 1, 0}};
        int[] newest = {2, 3, 4, 5, 10, 11, 12, 13};
        int[] starts = {0, 3, 4, 8};
        Kernels kernels = provider.open();
        Tensor keys = Tensor.zeros(KEY_HEADS * TOKENS, D);
        Tensor values = Tensor.zeros(KEY_HEADS * TOKENS, D);
        int[] all = Arrays.stream(slots).flatMapToInt(Arrays::stream).toArray();
        kernels.run(new WriteSlots(k, all, KEY_HEADS, keys));
        kernels.run(new WriteSlots(v, all, KEY_HEADS, values));
        Tensor queries = Tensor.zeros(newest.length, HEADS * D);
        kernels.run(new GatherRows(q, newest, queries));
        Tensor result = Tensor.zeros(newest.length, HEADS * D);
        kernels.run(new CachedAttention(
                queries,
                AttentionShape.causal(HEADS, KEY_HEADS, starts, SCALE),
                new CachedKeys(keys, values, slots, new int[] {5, 1, 8}),
                result));

        double[] whole = attention(doubles(q), doubles(k), doubles(v));
        double[] expected = Arrays.stream(newest)
                .boxed()
                .flatMapToDouble(row -> Arrays.stream(whole, row * HEADS * D, (row + 1) * HEADS * D))
                .toArray();
        assertClose(result, expected, 2e-6);
    }

    @ParameterizedTest
    @EnumSource
    void refusesACacheThatDoesNotFit(KernelProvider provider) {
        Kernels kernels = provider.open();
        Tensor cache = Tensor.zeros(KEY_HEADS * 4, D);
        Tensor query = samples.normal(1, HEADS * D);
        int[] starts = {0, 1};
        assertThatThrownBy(() -> kernels.run(new CachedAttention(
                        query,
                        AttentionShape.causal(HEADS, KEY_HEADS, starts, 1),
                        new CachedKeys(cache, cache, new int[][] {{4}}, new int[] {1}),
                        query)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("slots: 4 (must be from 0 to 3)");
        assertThatThrownBy(() -> kernels.run(new CachedAttention(
                        query,
                        AttentionShape.causal(HEADS, KEY_HEADS, starts, 1),
                        new CachedKeys(cache, cache, new int[][] {{3}}, new int[] {2}),
                        query)))
                .hasMessage("length: 2 (must be from 1, the newest tokens, to 1, the slots)");
    }

    @ParameterizedTest
    @EnumSource
    void isTheValueItselfInASequenceOfOne(KernelProvider provider) {
        Tensor one = samples.normal(1, D);
        Tensor result = Tensor.zeros(1, D);
        Tensor denominator = Tensor.zeros(1, 1);
        provider.open()
                .run(new Attention.Forward(
                        one, one, one, AttentionShape.causal(1, 1, new int[] {0, 1}, 1), result, denominator));
        assertClose(result, one, 1e-7);
    }

    @ParameterizedTest
    @EnumSource
    void survivesScoresOfTenThousand(KernelProvider provider) {
        Tensor large = samples.normal(TOKENS, HEADS * D, 100);
        Tensor largeKeys = samples.normal(TOKENS, KEY_HEADS * D, 100);
        Tensor dq = Tensor.zeros(TOKENS, HEADS * D);
        Tensor dk = Tensor.zeros(TOKENS, KEY_HEADS * D);
        Tensor dv = Tensor.zeros(TOKENS, KEY_HEADS * D);
        Kernels kernels = provider.open();
        kernels.run(new Attention.Forward(
                large, largeKeys, v, AttentionShape.causal(HEADS, KEY_HEADS, STARTS, 1), out, logSumExp));
        kernels.run(new Attention.Backward(
                q,
                large,
                largeKeys,
                v,
                out,
                logSumExp,
                AttentionShape.causal(HEADS, KEY_HEADS, STARTS, 1),
                dq,
                dk,
                dv));
        double[] expected = Reference.attention(
                doubles(large), doubles(largeKeys), doubles(v), AttentionShape.causal(HEADS, KEY_HEADS, STARTS, 1), D);
        assertClose(out, expected, 1e-2);
        assertFinite(dq);
        assertFinite(dk);
        assertFinite(dv);
    }

    private static double[] attention(double[] q, double[] k, double[] v) {
        return Reference.attention(q, k, v, AttentionShape.causal(HEADS, KEY_HEADS, STARTS, SCALE), D);
    }
}
