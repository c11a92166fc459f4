package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.copyOf;

import java.util.List;
import java.util.function.BiConsumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.loradash.config.TrainingSettings.Arithmetic;
import org.loradash.kernel.operation.Activate;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.Adam;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.AddColumns;
import org.loradash.kernel.operation.Attention;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.CrossAttention;
import org.loradash.kernel.operation.CrossEntropy;
import org.loradash.kernel.operation.Drop;
import org.loradash.kernel.operation.GatedUnit;
import org.loradash.kernel.operation.GatherRows;
import org.loradash.kernel.operation.GroupNorm;
import org.loradash.kernel.operation.HeadNorm;
import org.loradash.kernel.operation.LayerNorm;
import org.loradash.kernel.operation.LogSumExp;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.loradash.kernel.operation.Patches;
import org.loradash.kernel.operation.RepeatRow;
import org.loradash.kernel.operation.RmsNorm;
import org.loradash.kernel.operation.Rotate;
import org.loradash.kernel.operation.Rotate.Direction;
import org.loradash.kernel.operation.Scale;
import org.loradash.kernel.operation.SoftCap;
import org.loradash.kernel.operation.WriteColumns;
import org.loradash.kernel.operation.WriteScaledColumns;
import org.loradash.kernel.operation.WriteSlots;

/** Operations in parts have the same bits on any number of threads, and the results of whole operations. */
class TeamKernelsTest {
    private static final Kernels WHOLE = operation -> operation.fused(new Scratch(Arithmetic.FLOAT32));
    private static final Kernels ALONE = KernelProvider.FUSED.open();
    private static final Kernels TOGETHER = KernelProvider.FUSED.open(3);

    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void products(
            @ForAll @IntRange(min = 1, max = 700) int rows,
            @ForAll @IntRange(min = 1, max = 700) int columns,
            @ForAll @IntRange(min = 1, max = 300) int inner,
            @ForAll Side sideOfA,
            @ForAll Side sideOfB,
            @ForAll @IntRange(max = 40) int gap) {
        Samples samples = new Samples(rows * 1000L + columns);
        Tensor a = sideOfA == Side.PLAIN ? samples.normal(rows, inner) : samples.normal(inner, rows);
        Tensor b = sideOfB == Side.PLAIN ? samples.normal(inner, columns) : samples.normal(columns, inner);
        same(
                samples.normal(rows, gap + columns),
                (kernels, c) -> kernels.run(
                        new MatrixProduct(a, sideOfA, b, sideOfB, c.columns(gap, gap + columns), 0.5f, 0.25f)));
        Tensor wide = samples.normal(a.rows(), gap + a.columns());
        same(
                samples.normal(rows, columns),
                (kernels, c) -> kernels.run(
                        new MatrixProduct(wide.columns(gap, gap + a.columns()), sideOfA, b, sideOfB, c, 1f, 0f)));
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void passesOverRows(
            @ForAll @IntRange(min = 1, max = 300) int rows, @ForAll @IntRange(min = 1, max = 1500) int columns) {
        Samples samples = new Samples(rows * 1000L + columns);
        Tensor x = samples.normal(rows, columns);
        Tensor y = samples.normal(rows, columns);
        Tensor pair = samples.normal(rows, 2 * columns);
        Tensor weight = samples.normal(1, columns);
        Tensor inverse = Tensor.zeros(rows, 1);
        int[] indices = samples.indices(rows, rows);
        same(y, (kernels, out) -> kernels.run(new Add(x, 0.3f, out)));
        same(y, (kernels, out) -> kernels.run(new Copy(x, out)));
        same(y, (kernels, out) -> kernels.run(new RmsNorm.Forward(x, weight, 1e-5f, out, inverse)));
        same(y, (kernels, dx) -> kernels.run(new RmsNorm.Backward(copyOf(x), y, weight, inverse, dx)));
        same(
                y,
                (kernels, out) -> kernels.run(
                        new LayerNorm.Forward(x, weight, weight, 1e-5f, out, Tensor.zeros(rows, 1), inverse)));
        same(
                y,
                (kernels, dx) ->
                        kernels.run(new LayerNorm.Backward(copyOf(x), y, weight, weight, inverse, inverse, dx)));
        same(
                y,
                (kernels, out) -> kernels.run(new GatedUnit.Forward(
                        pair.columns(0, columns), pair.columns(columns, 2 * columns), Activation.SILU, out)));
        same(
                pair,
                (kernels, both) -> kernels.run(new GatedUnit.Backward(
                        copyOf(x), both.columns(0, columns), both.columns(columns, 2 * columns), Activation.SILU)));
        Tensor weights = samples.normal(1, 2 * columns);
        Tensor means = Tensor.zeros(1, 2 * columns);
        Tensor ofGroups = Tensor.zeros(1, 2 * columns);
        same(
                pair,
                (kernels, out) -> kernels.run(new GroupNorm.Forward(
                        copyOf(pair),
                        2 * columns,
                        weights,
                        weights,
                        1e-5f,
                        GroupNorm.Then.SILU,
                        out,
                        means,
                        ofGroups)));
        same(
                pair,
                (kernels, dx) -> kernels.run(new GroupNorm.Backward(
                        copyOf(pair),
                        copyOf(pair),
                        2 * columns,
                        weights,
                        weights,
                        GroupNorm.Then.SILU,
                        means,
                        ofGroups,
                        dx)));
        Patches.View view = new Patches.View(rows, 1, 3, 1, 1, 1, rows, 1);
        Tensor patches = samples.normal(rows, 9 * columns);
        same(patches, (kernels, out) -> kernels.run(new Patches.Forward(x, view, 0, out)));
        same(y, (kernels, dx) -> kernels.run(new Patches.Backward(patches, view, 0, dx)));
        Tensor inverses = Tensor.zeros(rows, 2);
        same(pair, (kernels, out) -> kernels.run(new HeadNorm.Forward(copyOf(pair), weight, 1e-5f, out, inverses)));
        same(pair, (kernels, dOut) -> kernels.run(new HeadNorm.Backward(dOut, copyOf(pair), weight, inverses)));
        same(y, (kernels, out) -> kernels.run(new Scale(out, 0.3f)));
        same(y, (kernels, out) -> kernels.run(new SoftCap(out, 2)));
        same(
                y,
                (kernels, out) -> kernels.run(new GatedUnit.Forward(
                        pair.columns(0, columns), pair.columns(columns, 2 * columns), Activation.GELU_TANH, out)));
        same(
                pair,
                (kernels, both) -> kernels.run(new GatedUnit.Backward(
                        copyOf(x),
                        both.columns(0, columns),
                        both.columns(columns, 2 * columns),
                        Activation.GELU_TANH)));
        same(y, (kernels, out) -> kernels.run(new Drop(x, 5, 3, 0.3f, out)));
        same(y, (kernels, out) -> kernels.run(new Activate.Forward(x, Activation.GELU, out)));
        same(y, (kernels, dOut) -> kernels.run(new Activate.Backward(dOut, copyOf(x), Activation.GELU)));
        same(y, (kernels, dx) -> kernels.run(new Activate.Backward(copyOf(x), dx, Activation.GELU)));
        same(y, (kernels, out) -> kernels.run(new RepeatRow(weight, out)));
        same(y, (kernels, out) -> kernels.run(new GatherRows(x, indices, out)));
        same(pair, (kernels, out) -> kernels.run(new WriteColumns(x, 0.5f, out, columns)));
        same(y, (kernels, out) -> kernels.run(new AddColumns(pair, columns, 0.5f, out)));
        same(pair, (kernels, out) -> kernels.run(new WriteScaledColumns(x, weight, out, columns)));
        same(
                y,
                (kernels, out) -> kernels.run(new Adam(
                        out, copyOf(x), Tensor.zeros(rows, columns), new Adam.Step(1e-3, 0.9, 0.99, 1e-8, 2))));
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void attention(
            @ForAll @IntRange(min = 1, max = 90) int first,
            @ForAll @IntRange(min = 1, max = 90) int second,
            @ForAll @IntRange(min = 1, max = 3) int keyHeads,
            @ForAll @IntRange(min = 1, max = 3) int group,
            @ForAll @IntRange(min = 1, max = 20) int half,
            @ForAll Sight sight,
            @ForAll @IntRange(min = 1, max = 100) int window) {
        int d = 2 * half;
        int tokens = first + second;
        int heads = keyHeads * group;
        int[] starts = {0, first, tokens};
        AttentionShape shape = sight.of(AttentionShape.causal(heads, keyHeads, starts, 0.3f), window);
        Samples samples = new Samples(tokens * 1000L + d);
        Tensor qkv = samples.normal(tokens, (heads + 2 * keyHeads) * d);
        Tensor q = qkv.columns(0, heads * d);
        Tensor k = qkv.columns(heads * d, (heads + keyHeads) * d);
        Tensor v = qkv.columns((heads + keyHeads) * d, qkv.columns());
        Tensor logSumExp = Tensor.zeros(tokens, heads);
        same(
                samples.normal(tokens, heads * d),
                (kernels, out) -> kernels.run(new Attention.Forward(q, k, v, shape, out, logSumExp)));
        Tensor some = samples.normal(7, 2 * heads * d);
        same(
                samples.normal(tokens, heads * d),
                (kernels, made) -> kernels.run(new CrossAttention.Forward(
                        q,
                        some.columns(0, heads * d),
                        some.columns(heads * d, 2 * heads * d),
                        heads,
                        0.3f,
                        made,
                        Tensor.zeros(tokens, heads))));
        Tensor ofQueries = Tensor.zeros(tokens, heads);
        same(
                copyOf(some),
                (kernels, gradient) -> kernels.run(new CrossAttention.Backward(
                        q,
                        q,
                        some.columns(0, heads * d),
                        some.columns(heads * d, 2 * heads * d),
                        heads,
                        0.3f,
                        q,
                        ofQueries,
                        Tensor.zeros(tokens, heads * d),
                        gradient.columns(0, heads * d),
                        gradient.columns(heads * d, 2 * heads * d))));
        Tensor out = samples.normal(tokens, heads * d);
        Tensor dOut = samples.normal(tokens, heads * d);
        same(
                copyOf(qkv),
                (kernels, gradient) -> kernels.run(new Attention.Backward(
                        dOut,
                        q,
                        k,
                        v,
                        out,
                        logSumExp,
                        shape,
                        gradient.columns(0, heads * d),
                        gradient.columns(heads * d, (heads + keyHeads) * d),
                        gradient.columns((heads + keyHeads) * d, qkv.columns()))));
        int[] positions = samples.indices(tokens, 50);
        Tensor cosines = samples.normal(50, half);
        same(
                copyOf(qkv),
                (kernels, x) -> kernels.run(
                        new Rotate(x.columns(0, heads * d), heads, cosines, cosines, positions, Direction.FORWARD)));
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void relativeAttention(
            @ForAll @IntRange(min = 1, max = 90) int first,
            @ForAll @IntRange(min = 1, max = 90) int second,
            @ForAll @IntRange(min = 1, max = 4) int heads,
            @ForAll @IntRange(min = 1, max = 40) int d,
            @ForAll RelativeSample.Terms terms) {
        int[] starts = {0, first, first + second};
        RelativeSample sample = new RelativeSample(new Samples(first * 1000L + d), starts, heads, d, 20, terms);
        same(sample.out(), sample::attend);
        ALONE.run(sample.forward(sample.out(), sample.logSumExp()));
        same(sample.qkv(), (kernels, to) -> kernels.run(sample.backward(to, copyOf(sample.relative()))));
        same(sample.relative(), (kernels, to) -> kernels.run(sample.backward(copyOf(sample.qkv()), to)));
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void cachedAttention(
            @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 1, max = 90) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 90) int atMost,
            @ForAll @IntRange(min = 1, max = 3) int keyHeads,
            @ForAll @IntRange(min = 1, max = 3) int group,
            @ForAll @IntRange(min = 1, max = 40) int d) {
        CachedSample sample = new CachedSample(new Samples(atMost * 1000L + d), lengths, atMost, keyHeads, group, d);
        same(sample.q(), sample::attend);
        same(
                sample.keys(),
                (kernels, cache) -> kernels.run(new WriteSlots(sample.newKeys(), sample.newSlots(), keyHeads, cache)));
        same(Tensor.zeros(sample.q().rows(), 1), (kernels, out) -> kernels.run(new LogSumExp(sample.q(), out)));
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void crossEntropy(
            @ForAll @IntRange(min = 1, max = 200) int tokens, @ForAll @IntRange(min = 1, max = 5000) int vocabulary) {
        Samples samples = new Samples(tokens * 1000L + vocabulary);
        Tensor logits = samples.normal(tokens, vocabulary, 3);
        int[] targets = samples.indices(tokens, vocabulary);
        same(logits, (kernels, x) -> kernels.run(new CrossEntropy(x, targets, 0.1f)));
        assertThat(TOGETHER.run(new CrossEntropy(copyOf(logits), targets, 1)))
                .isEqualTo(ALONE.run(new CrossEntropy(copyOf(logits), targets, 1)));
    }

    private static void same(Tensor original, BiConsumer<Kernels, Tensor> operation) {
        Tensor whole = copyOf(original);
        Tensor alone = copyOf(original);
        Tensor together = copyOf(original);
        operation.accept(WHOLE, whole);
        operation.accept(ALONE, alone);
        operation.accept(TOGETHER, together);
        assertThat(together.toArray()).isEqualTo(alone.toArray());
        assertClose(alone, whole, 1e-5);
    }
}
