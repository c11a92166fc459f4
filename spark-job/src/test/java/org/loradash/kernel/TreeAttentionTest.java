package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.copyOf;
import static org.loradash.kernel.Samples.doubles;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.kernel.operation.Attention;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.Forest;

/** Attention of tokens to those on their way from a root, as long sequences and short ones share them. */
class TreeAttentionTest {
    private static final List<Sight> SIGHTS = List.of(Sight.CAUSAL, Sight.WINDOW, Sight.CAPPED, Sight.CAPPED_WINDOW);
    private static final int D = 3;
    private static final Kernels ALONE = KernelProvider.FUSED.open();
    private static final Kernels TOGETHER = KernelProvider.FUSED.open(3);
    private static final Kernels PORTABLE = KernelProvider.PORTABLE.open();

    private record Sample(Tensor dOut, Tensor q, Tensor k, Tensor v) {
        static Sample of(AttentionShape shape, int d) {
            int rows = shape.forest().rows();
            Samples samples = new Samples(rows * 1000L + d);
            return new Sample(
                    samples.normal(rows, shape.heads() * d),
                    samples.normal(rows, shape.heads() * d, 2),
                    samples.normal(rows, shape.keyHeads() * d, 2),
                    samples.normal(rows, shape.keyHeads() * d));
        }

        Result by(Kernels kernels, AttentionShape shape) {
            Result result =
                    new Result(copyOf(q), Tensor.zeros(q.rows(), shape.heads()), copyOf(q), copyOf(k), copyOf(v));
            kernels.run(new Attention.Forward(q, k, v, shape, result.out, result.logSumExp));
            kernels.run(new Attention.Backward(
                    dOut, q, k, v, result.out, result.logSumExp, shape, result.dq, result.dk, result.dv));
            return result;
        }
    }

    private record Result(Tensor out, Tensor logSumExp, Tensor dq, Tensor dk, Tensor dv) {}

    @ParameterizedTest
    @EnumSource
    void backwardEqualsFiniteDifferences(KernelProvider provider) {
        Forest forest = Forest.of(new int[] {0, 3, 4, 9, 10, 12, 13, 15}, new int[] {-1, 0, 0, 2, 2, 0, -1});
        for (Sight sight : SIGHTS) {
            for (int window : new int[] {1, 2, 5, 20}) {
                AttentionShape shape = sight.of(AttentionShape.causal(4, 2, forest, 0.4f), window);
                Sample sample = Sample.of(shape, D);
                Result result = sample.by(provider.open(), shape);
                double[] q = doubles(sample.q);
                double[] k = doubles(sample.k);
                double[] v = doubles(sample.v);
                double[] dOut = doubles(sample.dOut);
                assertClose(result.out, Reference.attention(q, k, v, shape, D), 3e-6, 1);
                assertClose(
                        result.dq,
                        Reference.gradient(moved -> Reference.attention(moved, k, v, shape, D), q, dOut),
                        5e-6,
                        1);
                assertClose(
                        result.dk,
                        Reference.gradient(moved -> Reference.attention(q, moved, v, shape, D), k, dOut),
                        5e-6,
                        1);
                assertClose(
                        result.dv,
                        Reference.gradient(moved -> Reference.attention(q, k, moved, shape, D), v, dOut),
                        5e-6,
                        1);
            }
        }
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void providersAgreeAndThreadsChangeNoBit(
            @ForAll @IntRange(min = 1, max = 12) int segments,
            @ForAll @IntRange(min = 1, max = 60) int longest,
            @ForAll @IntRange(min = 1, max = 3) int keyHeads,
            @ForAll @IntRange(min = 1, max = 3) int group,
            @ForAll @IntRange(min = 1, max = 40) int d,
            @ForAll @IntRange(min = 0, max = 3) int sight,
            @ForAll @IntRange(min = 1, max = 100) int window,
            @ForAll long seed) {
        AttentionShape shape = SIGHTS.get(sight)
                .of(AttentionShape.causal(keyHeads * group, keyHeads, random(segments, longest, seed), 0.3f), window);
        Sample sample = Sample.of(shape, d);
        Result alone = sample.by(ALONE, shape);
        Result together = sample.by(TOGETHER, shape);
        Result portable = sample.by(PORTABLE, shape);
        for (int i = 0; i < 5; i++) {
            assertThat(all(together).get(i).toArray())
                    .containsExactly(all(alone).get(i).toArray());
            assertClose(all(alone).get(i), doubles(all(portable).get(i)), 2e-5, 1);
        }
    }

    private static List<Tensor> all(Result result) {
        return List.of(result.out, result.logSumExp, result.dq, result.dk, result.dv);
    }

    /** Each segment behind the one before, one of its ancestors, or nothing. */
    private static Forest random(int segments, int longest, long seed) {
        Random random = new Random(seed);
        int[] starts = new int[segments + 1];
        int[] parents = new int[segments];
        for (int segment = 0; segment < segments; segment++) {
            List<Integer> possible = new ArrayList<>(List.of(Forest.NONE));
            for (int open = segment - 1; open != Forest.NONE; open = parents[open]) {
                possible.add(open);
            }
            parents[segment] = possible.get(random.nextInt(possible.size()));
            starts[segment + 1] = starts[segment] + 1 + random.nextInt(longest);
        }
        return Forest.of(starts, parents);
    }
}
