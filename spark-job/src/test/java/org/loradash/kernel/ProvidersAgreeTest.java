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
import org.loradash.kernel.Kernels.AdamStep;
import org.loradash.kernel.Kernels.Rotation;
import org.loradash.kernel.Kernels.Side;

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
        agree(z, (kernels, out) -> kernels.add(x, 0.3f, out));
        agree(z, (kernels, out) -> kernels.copy(x, out));
        agree(z, (kernels, out) -> kernels.swiGlu(y, x, out));
        agree(z, (kernels, out) -> kernels.swiGluBackward(out, copyOf(y), copyOf(x)));
        agree(y, (kernels, out) -> kernels.swiGluBackward(copyOf(z), out, copyOf(x)));
        agree(x, (kernels, out) -> kernels.swiGluBackward(copyOf(z), copyOf(y), out));
        agree(z, (kernels, out) -> kernels.dropout(x, columns, rows, 0.4f, out));
        AdamStep step = new AdamStep(1e-3, 0.9, 0.99, 1e-8, rows);
        Tensor squares = Tensor.zeros(rows, columns);
        agree(z, (kernels, out) -> kernels.adam(out, copyOf(x), copyOf(squares), step));
        agree(z, (kernels, out) -> kernels.adam(copyOf(y), out, copyOf(squares), step));
        agree(squares, (kernels, out) -> kernels.adam(copyOf(y), copyOf(x), out, step));
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void onRows(@ForAll @IntRange(min = 1, max = 67) int rows, @ForAll @IntRange(min = 1, max = 130) int columns) {
        Samples samples = new Samples(rows * 1000L + columns);
        Tensor x = samples.normal(rows, columns);
        Tensor y = samples.normal(rows, columns);
        Tensor weight = samples.normal(1, columns);
        Tensor inverse = Tensor.zeros(rows, 1);
        agree(y, (kernels, out) -> kernels.rmsNorm(x, weight, 1e-6f, out, inverse));
        agree(inverse, (kernels, out) -> kernels.rmsNorm(x, weight, 1, copyOf(y), out));
        // A large epsilon keeps a row of tiny values from magnifying rounding.
        portable.rmsNorm(x, weight, 1, copyOf(y), inverse);
        agree(y, (kernels, dx) -> kernels.rmsNormBackward(copyOf(y), x, weight, inverse, dx));
        agree(y, (kernels, dOut) -> kernels.rmsNormBackward(dOut, x, weight, inverse, copyOf(x)));
        int[] indices = samples.indices(rows, rows);
        agree(y, (kernels, out) -> kernels.gatherRows(x, indices, out));
        agree(y, (kernels, out) -> kernels.scatterRows(x, indices, out));
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
        agree(wide, (kernels, out) -> kernels.writeColumns(narrow, 0.7f, out, before));
        agree(wide, (kernels, out) -> kernels.writeScaledColumns(narrow, factors, out, before));
        agree(narrow, (kernels, out) -> kernels.addColumns(wide, before, 0.7f, out));
        agree(factors, (kernels, out) -> kernels.addColumnDots(wide, before, narrow, out));
    }

    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void onRotation(
            @ForAll @IntRange(min = 1, max = 40) int rows,
            @ForAll @IntRange(min = 1, max = 5) int heads,
            @ForAll @IntRange(min = 1, max = 40) int half,
            @ForAll Rotation rotation) {
        Samples samples = new Samples(rows * 1000L + half);
        Tensor cosines = samples.normal(50, half);
        Tensor sines = samples.normal(50, half);
        int[] positions = samples.indices(rows, 50);
        agree(
                samples.normal(rows, heads * 2 * half),
                (kernels, x) -> kernels.rotate(x, heads, cosines, sines, positions, rotation));
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void onCrossEntropy(
            @ForAll @IntRange(min = 1, max = 900) int vocabulary, @ForAll @IntRange(min = 1, max = 67) int tokens) {
        Samples samples = new Samples(vocabulary * 1000L + tokens);
        Tensor logits = samples.normal(tokens, vocabulary, 4);
        int[] targets = samples.indices(tokens, vocabulary);
        agree(logits, (kernels, x) -> kernels.crossEntropy(x, targets, 0.1f));
        double loss = portable.crossEntropy(copyOf(logits), targets, 1);
        assertThat(fused.crossEntropy(logits, targets, 1)).isCloseTo(loss, within(1e-5 * Math.max(1, loss)));
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void onAttention(
            @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 1, max = 90) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 3) int keyHeads,
            @ForAll @IntRange(min = 1, max = 4) int group,
            @ForAll @IntRange(min = 1, max = 70) int d) {
        int[] starts = new int[lengths.size() + 1];
        for (int i = 0; i < lengths.size(); i++) {
            starts[i + 1] = starts[i] + lengths.get(i);
        }
        int tokens = starts[lengths.size()];
        int heads = keyHeads * group;
        float scale = (float) (1 / Math.sqrt(d));
        Samples samples = new Samples(tokens * 1000L + d);
        Tensor q = samples.normal(tokens, heads * d);
        Tensor k = samples.normal(tokens, keyHeads * d);
        Tensor v = samples.normal(tokens, keyHeads * d);
        Tensor dOut = samples.normal(tokens, heads * d);
        Tensor out = Tensor.zeros(tokens, heads * d);
        Tensor logSumExp = Tensor.zeros(tokens, heads);
        agree(out, (kernels, x) -> kernels.attention(q, k, v, starts, heads, keyHeads, scale, x, copyOf(logSumExp)));
        agree(logSumExp, (kernels, x) -> kernels.attention(q, k, v, starts, heads, keyHeads, scale, copyOf(out), x));
        portable.attention(q, k, v, starts, heads, keyHeads, scale, out, logSumExp);
        Gradients expected = backward(portable, dOut, q, k, v, out, logSumExp, starts, heads, keyHeads, scale);
        Gradients actual = backward(fused, dOut, q, k, v, out, logSumExp, starts, heads, keyHeads, scale);
        // A sequence of one has gradients of zero up to rounding, so the largest value sets the tolerance.
        assertClose(actual.dv(), expected.dv(), TOLERANCE);
        if (tokens > lengths.size()) {
            assertClose(actual.dq(), expected.dq(), 2 * TOLERANCE);
            assertClose(actual.dk(), expected.dk(), 2 * TOLERANCE);
        }
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
                (kernels, cache) -> kernels.writeSlots(sample.newKeys(), sample.newSlots(), keyHeads, cache));
    }

    @Property(tries = 30, shrinking = ShrinkingMode.OFF)
    void onLogSumExp(
            @ForAll @IntRange(min = 1, max = 5000) int columns, @ForAll @IntRange(min = 1, max = 20) int rows) {
        Tensor x = new Samples(columns * 1000L + rows).normal(rows, columns, 4);
        agree(Tensor.zeros(rows, 1), (kernels, out) -> kernels.logSumExp(x, out));
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
                (kernels, y) ->
                        kernels.matmul(x, Side.PLAIN, w, Side.TRANSPOSED, y.columns(gap, columns + gap), 1f, 0f));
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
            int[] starts,
            int heads,
            int keyHeads,
            float scale) {
        Gradients gradients = new Gradients(copyOf(q), copyOf(k), copyOf(v));
        kernels.attentionBackward(
                dOut,
                q,
                k,
                v,
                out,
                logSumExp,
                starts,
                heads,
                keyHeads,
                scale,
                gradients.dq(),
                gradients.dk(),
                gradients.dv());
        return gradients;
    }

    /** Both providers do the same to copies of a tensor. */
    private void agree(Tensor original, BiConsumer<Kernels, Tensor> operation) {
        Tensor expected = copyOf(original);
        Tensor actual = copyOf(original);
        operation.accept(portable, expected);
        operation.accept(fused, actual);
        assertClose(actual, expected, TOLERANCE);
    }
}
