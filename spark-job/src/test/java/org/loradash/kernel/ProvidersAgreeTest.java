package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.copyOf;

import java.util.List;
import java.util.function.BiConsumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.loradash.kernel.operation.Activate;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.Adam;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.AddColumnDots;
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
import org.loradash.kernel.operation.ScatterRows;
import org.loradash.kernel.operation.SoftCap;
import org.loradash.kernel.operation.SquaredError;
import org.loradash.kernel.operation.WriteColumns;
import org.loradash.kernel.operation.WriteScaledColumns;
import org.loradash.kernel.operation.WriteSlots;

/** Both providers give the same on the same inputs, whatever the shape. */
class ProvidersAgreeTest {
    private static final double TOLERANCE = 4e-6;

    private final Kernels portable = KernelProvider.PORTABLE.open();
    private final Kernels fused = KernelProvider.FUSED.open();

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void onElements(@ForAll @IntRange(min = 1, max = 67) int rows, @ForAll @IntRange(min = 1, max = 130) int columns) {
        Samples samples = new Samples(rows * 1000L + columns);
        Tensor x = samples.normal(rows, columns);
        Tensor y = samples.normal(rows, columns, 5);
        Tensor z = samples.normal(rows, columns);
        agree(z, (kernels, out) -> kernels.run(new Add(x, 0.3f, out)));
        agree(z, (kernels, out) -> kernels.run(new Copy(x, out)));
        agree(z, (kernels, out) -> kernels.run(new Scale(out, 0.3f)));
        agree(y, (kernels, out) -> kernels.run(new SoftCap(out, 3)));
        agree(z, (kernels, out) -> kernels.run(new Drop(x, columns, rows, 0.4f, out)));
        for (Activation activation : Activation.values()) {
            // Their tails cancel out to next to nothing.
            agree(z, (kernels, out) -> kernels.run(new Activate.Forward(y, activation, out)), 1);
            agree(z, (kernels, out) -> kernels.run(new Activate.Backward(out, copyOf(y), activation)), 1);
            agree(y, (kernels, out) -> kernels.run(new Activate.Backward(copyOf(z), out, activation)), 1);
            agree(z, (kernels, out) -> kernels.run(new GatedUnit.Forward(y, x, activation, out)), 1);
            agree(z, (kernels, out) -> kernels.run(new GatedUnit.Backward(out, copyOf(y), copyOf(x), activation)), 1);
            agree(y, (kernels, out) -> kernels.run(new GatedUnit.Backward(copyOf(z), out, copyOf(x), activation)), 1);
            agree(x, (kernels, out) -> kernels.run(new GatedUnit.Backward(copyOf(z), copyOf(y), out, activation)), 1);
        }
        Adam.Step step = new Adam.Step(1e-3, 0.9, 0.99, 1e-8, rows);
        Tensor squares = Tensor.zeros(rows, columns);
        agree(z, (kernels, out) -> kernels.run(new Adam(out, copyOf(x), copyOf(squares), step)));
        agree(z, (kernels, out) -> kernels.run(new Adam(copyOf(y), out, copyOf(squares), step)));
        agree(squares, (kernels, out) -> kernels.run(new Adam(copyOf(y), copyOf(x), out, step)));
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void onRows(@ForAll @IntRange(min = 1, max = 67) int rows, @ForAll @IntRange(min = 1, max = 130) int columns) {
        Samples samples = new Samples(rows * 1000L + columns);
        Tensor x = samples.normal(rows, columns);
        Tensor y = samples.normal(rows, columns);
        Tensor weight = samples.normal(1, columns);
        Tensor inverse = Tensor.zeros(rows, 1);
        agree(y, (kernels, out) -> kernels.run(new RmsNorm.Forward(x, weight, 1e-6f, out, inverse)));
        agree(inverse, (kernels, out) -> kernels.run(new RmsNorm.Forward(x, weight, 1, copyOf(y), out)));
        // A large epsilon keeps a row of tiny values from magnifying rounding.
        portable.run(new RmsNorm.Forward(x, weight, 1, copyOf(y), inverse));
        agree(y, (kernels, dx) -> kernels.run(new RmsNorm.Backward(copyOf(y), x, weight, inverse, dx)));
        agree(y, (kernels, dOut) -> kernels.run(new RmsNorm.Backward(dOut, x, weight, inverse, copyOf(x))));
        Tensor heads = samples.normal(rows, 3 * columns);
        Tensor inverses = Tensor.zeros(rows, 2);
        Tensor two = heads.columns(columns, 3 * columns);
        agree(
                samples.normal(rows, 2 * columns),
                (kernels, out) -> kernels.run(new HeadNorm.Forward(two, weight, 1, out, inverses)));
        agree(
                samples.normal(rows, 2 * columns),
                (kernels, dOut) -> kernels.run(new HeadNorm.Backward(dOut, two, weight, inverses)));
        Tensor mean = Tensor.zeros(rows, 1);
        agree(y, (kernels, out) -> kernels.run(new LayerNorm.Forward(x, weight, weight, 1, out, mean, inverse)));
        agree(
                inverse,
                (kernels, out) -> kernels.run(new LayerNorm.Forward(x, weight, weight, 1, copyOf(y), mean, out)));
        agree(y, (kernels, dx) -> kernels.run(new LayerNorm.Backward(copyOf(y), x, weight, weight, mean, inverse, dx)));
        agree(
                y,
                (kernels, dOut) ->
                        kernels.run(new LayerNorm.Backward(dOut, x, weight, weight, mean, inverse, copyOf(x))));
        Tensor weights = samples.normal(1, 2 * columns);
        for (GroupNorm.Then then : GroupNorm.Then.values()) {
            // A large epsilon keeps a group of tiny values from magnifying rounding.
            onGroups(x, 1, weight, then, samples);
            onGroups(two, 2 * columns, weights, then, samples);
        }
        int[] indices = samples.indices(rows, rows);
        agree(y, (kernels, out) -> kernels.run(new GatherRows(x, indices, out)));
        agree(y, (kernels, out) -> kernels.run(new ScatterRows(x, indices, out)));
        agree(y, (kernels, out) -> kernels.run(new RepeatRow(weight, out)));
        float[] targets = samples.normal(1, rows).toArray();
        agree(inverse, (kernels, values) -> kernels.run(new SquaredError(values, targets, 0.1f)));
        assertThat(fused.run(new SquaredError(copyOf(inverse), targets, 1)))
                .isCloseTo(portable.run(new SquaredError(copyOf(inverse), targets, 1)), within(1e-5 * rows));
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void onColumns(
            @ForAll @IntRange(min = 1, max = 67) int rows,
            @ForAll @IntRange(min = 1, max = 70) int columns,
            @ForAll @IntRange(max = 30) int before,
            @ForAll @IntRange(max = 30) int after) {
        Samples samples = new Samples(rows * 1000L + columns);
        Tensor narrow = samples.normal(rows, columns);
        Tensor wide = samples.normal(rows, before + columns + after);
        Tensor factors = samples.normal(1, columns);
        agree(wide, (kernels, out) -> kernels.run(new WriteColumns(narrow, 0.7f, out, before)));
        agree(wide, (kernels, out) -> kernels.run(new WriteScaledColumns(narrow, factors, out, before)));
        agree(narrow, (kernels, out) -> kernels.run(new AddColumns(wide, before, 0.7f, out)));
        agree(factors, (kernels, out) -> kernels.run(new AddColumnDots(wide, before, narrow, out)), Math.sqrt(rows));
    }

    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void onRotation(
            @ForAll @IntRange(min = 1, max = 40) int rows,
            @ForAll @IntRange(min = 1, max = 5) int heads,
            @ForAll @IntRange(min = 1, max = 40) int half,
            @ForAll Direction rotation) {
        Samples samples = new Samples(rows * 1000L + half);
        Tensor cosines = samples.normal(50, half);
        Tensor sines = samples.normal(50, half);
        int[] positions = samples.indices(rows, 50);
        agree(
                samples.normal(rows, heads * 2 * half),
                (kernels, x) -> kernels.run(new Rotate(x, heads, cosines, sines, positions, rotation)));
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void onCrossEntropy(
            @ForAll @IntRange(min = 1, max = 900) int vocabulary, @ForAll @IntRange(min = 1, max = 67) int tokens) {
        Samples samples = new Samples(vocabulary * 1000L + tokens);
        Tensor logits = samples.normal(tokens, vocabulary, 4);
        int[] targets = samples.indices(tokens, vocabulary);
        agree(logits, (kernels, x) -> kernels.run(new CrossEntropy(x, targets, 0.1f)));
        double loss = portable.run(new CrossEntropy(copyOf(logits), targets, 1));
        assertThat(fused.run(new CrossEntropy(logits, targets, 1))).isCloseTo(loss, within(1e-5 * Math.max(1, loss)));
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void onAttention(
            @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 1, max = 90) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 3) int keyHeads,
            @ForAll @IntRange(min = 1, max = 4) int group,
            @ForAll @IntRange(min = 1, max = 70) int d,
            @ForAll Sight sight,
            @ForAll @IntRange(min = 1, max = 100) int window) {
        int[] starts = starts(lengths);
        int tokens = starts[lengths.size()];
        int heads = keyHeads * group;
        float scale = (float) (1 / Math.sqrt(d));
        AttentionShape shape = sight.of(AttentionShape.causal(heads, keyHeads, starts, scale), window);
        Samples samples = new Samples(tokens * 1000L + d);
        Tensor q = samples.normal(tokens, heads * d);
        Tensor k = samples.normal(tokens, keyHeads * d);
        Tensor v = samples.normal(tokens, keyHeads * d);
        Tensor dOut = samples.normal(tokens, heads * d);
        Tensor out = Tensor.zeros(tokens, heads * d);
        Tensor logSumExp = Tensor.zeros(tokens, heads);
        agree(out, (kernels, x) -> kernels.run(new Attention.Forward(q, k, v, shape, x, copyOf(logSumExp))));
        agree(logSumExp, (kernels, x) -> kernels.run(new Attention.Forward(q, k, v, shape, copyOf(out), x)));
        portable.run(new Attention.Forward(q, k, v, shape, out, logSumExp));
        Tensor some = samples.normal(5, 2 * heads * d);
        Tensor keys = some.columns(0, heads * d);
        Tensor values = some.columns(heads * d, 2 * heads * d);
        onCrossAttention(q, keys, values, heads, dOut);
        Gradients expected = backward(portable, dOut, q, k, v, out, logSumExp, shape);
        Gradients actual = backward(fused, dOut, q, k, v, out, logSumExp, shape);
        assertClose(actual.dv(), expected.dv(), TOLERANCE);
        // Where a token sees itself alone, these are zero but for rounding, so the values' own size sets the tolerance.
        assertClose(actual.dq(), Samples.doubles(expected.dq()), 2 * TOLERANCE, 1);
        assertClose(actual.dk(), Samples.doubles(expected.dk()), 2 * TOLERANCE, 1);
    }

    private void onGroups(Tensor x, int groups, Tensor weight, GroupNorm.Then then, Samples samples) {
        // A large epsilon keeps a group of tiny values from magnifying rounding.
        Tensor mean = Tensor.zeros(1, groups);
        Tensor inverse = Tensor.zeros(1, groups);
        Tensor y = samples.normal(x.rows(), x.columns());
        agree(
                y,
                (kernels, out) ->
                        kernels.run(new GroupNorm.Forward(x, groups, weight, weight, 1, then, out, mean, inverse)));
        agree(
                inverse,
                (kernels, out) ->
                        kernels.run(new GroupNorm.Forward(x, groups, weight, weight, 1, then, copyOf(y), mean, out)));
        agree(
                y,
                (kernels, dx) -> kernels.run(
                        new GroupNorm.Backward(copyOf(y), x, groups, weight, weight, then, mean, inverse, dx)));
    }

    private void onCrossAttention(Tensor q, Tensor k, Tensor v, int heads, Tensor dOut) {
        Tensor out = Tensor.zeros(q.rows(), q.columns());
        Tensor sums = Tensor.zeros(q.rows(), heads);
        agree(out, (kernels, x) -> kernels.run(new CrossAttention.Forward(q, k, v, heads, 0.3f, x, copyOf(sums))));
        agree(sums, (kernels, x) -> kernels.run(new CrossAttention.Forward(q, k, v, heads, 0.3f, copyOf(out), x)));
        portable.run(new CrossAttention.Forward(q, k, v, heads, 0.3f, out, sums));
        Tensor dk = copyOf(k);
        agree(
                copyOf(q),
                (kernels, dq) -> kernels.run(
                        new CrossAttention.Backward(dOut, q, k, v, heads, 0.3f, out, sums, dq, copyOf(dk), copyOf(dk))),
                1);
        agree(
                dk,
                (kernels, dKey) -> kernels.run(new CrossAttention.Backward(
                        dOut, q, k, v, heads, 0.3f, out, sums, copyOf(q), dKey, copyOf(dk))),
                q.rows());
        agree(
                dk,
                (kernels, dValue) -> kernels.run(new CrossAttention.Backward(
                        dOut, q, k, v, heads, 0.3f, out, sums, copyOf(q), copyOf(dk), dValue)));
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void onPatches(
            @ForAll @IntRange(min = 1, max = 9) int height,
            @ForAll @IntRange(min = 1, max = 9) int width,
            @ForAll @IntRange(min = 1, max = 40) int channels,
            @ForAll @IntRange(min = 1, max = 2) int enlargement,
            @ForAll @IntRange(min = 1, max = 2) int stride) {
        Patches.View view = new Patches.View(
                height,
                width,
                3,
                1,
                stride,
                enlargement,
                enlargement * height,
                enlargement * width - (enlargement - 1));
        Samples samples = new Samples(100L * height + width);
        Tensor x = samples.normal(height * width, channels);
        int from = view.places() / 3;
        Tensor patches = samples.normal(view.places() - from, 9 * channels);
        agree(patches, (kernels, out) -> kernels.run(new Patches.Forward(x, view, from, out)));
        agree(x, (kernels, dx) -> kernels.run(new Patches.Backward(patches, view, from, dx)));
    }

    private static int[] starts(List<Integer> lengths) {
        int[] starts = new int[lengths.size() + 1];
        for (int i = 0; i < lengths.size(); i++) {
            starts[i + 1] = starts[i] + lengths.get(i);
        }
        return starts;
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void onRelativeAttention(
            @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 1, max = 90) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 3) int heads,
            @ForAll @IntRange(min = 1, max = 70) int d,
            @ForAll @IntRange(min = 1, max = 60) int rows,
            @ForAll RelativeSample.Terms terms) {
        RelativeSample sample =
                new RelativeSample(new Samples(rows * 1000L + d), starts(lengths), heads, d, rows, terms);
        agree(sample.out(), sample::attend);
        agree(sample.logSumExp(), sample::sum);
        portable.run(sample.forward(sample.out(), sample.logSumExp()));
        RelativeSample.Gradients expected = sample.backward(portable);
        RelativeSample.Gradients actual = sample.backward(fused);
        // Gradients cancel out to next to nothing where a sequence is short, so the values' own size sets the
        // tolerance.
        assertClose(actual.dqkv(), Samples.doubles(expected.dqkv()), 2 * TOLERANCE, 1);
        assertClose(
                actual.dRelative(), Samples.doubles(expected.dRelative()), 2 * TOLERANCE, Math.sqrt(sample.tokens()));
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void onCachedAttention(
            @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 1, max = 90) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 90) int atMost,
            @ForAll @IntRange(min = 1, max = 3) int keyHeads,
            @ForAll @IntRange(min = 1, max = 4) int group,
            @ForAll @IntRange(min = 1, max = 70) int d) {
        CachedSample sample = new CachedSample(new Samples(atMost * 1000L + d), lengths, atMost, keyHeads, group, d);
        agree(sample.q(), sample::attend);
        agree(
                sample.keys(),
                (kernels, cache) -> kernels.run(new WriteSlots(sample.newKeys(), sample.newSlots(), keyHeads, cache)));
    }

    @Property(tries = 30, shrinking = ShrinkingMode.OFF)
    void onLogSumExp(
            @ForAll @IntRange(min = 1, max = 5000) int columns, @ForAll @IntRange(min = 1, max = 20) int rows) {
        Tensor x = new Samples(columns * 1000L + rows).normal(rows, columns, 4);
        agree(Tensor.zeros(rows, 1), (kernels, out) -> kernels.run(new LogSumExp(x, out)));
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void onProductsOfFewRows(
            @ForAll @IntRange(min = 1, max = 70) int rows,
            @ForAll @IntRange(min = 1, max = 900) int columns,
            @ForAll @IntRange(min = 1, max = 70) int inner,
            @ForAll @IntRange(max = 20) int gap) {
        Samples samples = new Samples(rows * 1000L + columns);
        Tensor x = samples.normal(rows, inner + gap).columns(gap, inner + gap);
        Tensor w = samples.normal(columns, inner);
        agree(
                samples.normal(rows, columns + gap),
                (kernels, y) -> kernels.run(
                        new MatrixProduct(x, Side.PLAIN, w, Side.TRANSPOSED, y.columns(gap, columns + gap), 1f, 0f)));
    }

    private record Gradients(Tensor dq, Tensor dk, Tensor dv) {}

    private static Gradients backward(
            Kernels kernels,
            Tensor dOut,
            Tensor q,
            Tensor k,
            Tensor v,
            Tensor out,
            Tensor logSumExp,
            AttentionShape shape) {
        Gradients gradients = new Gradients(copyOf(q), copyOf(k), copyOf(v));
        kernels.run(new Attention.Backward(
                dOut, q, k, v, out, logSumExp, shape, gradients.dq(), gradients.dk(), gradients.dv()));
        return gradients;
    }

    /** Both providers do the same to copies of a tensor. */
    private void agree(Tensor original, BiConsumer<Kernels, Tensor> operation) {
        agree(original, operation, 1e-30);
    }

    private void agree(Tensor original, BiConsumer<Kernels, Tensor> operation, double magnitude) {
        Tensor expected = copyOf(original);
        Tensor actual = copyOf(original);
        operation.accept(portable, expected);
        operation.accept(fused, actual);
        assertClose(actual, Samples.doubles(expected), TOLERANCE, magnitude);
    }
}
