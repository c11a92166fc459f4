package org.loradash.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.operation.Activate;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.Adam;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.AddColumnDots;
import org.loradash.kernel.operation.AddColumns;
import org.loradash.kernel.operation.Attention;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.CrossAttention;
import org.loradash.kernel.operation.CrossEntropy;
import org.loradash.kernel.operation.Drop;
import org.loradash.kernel.operation.Expand;
import org.loradash.kernel.operation.GatedUnit;
import org.loradash.kernel.operation.Gather;
import org.loradash.kernel.operation.GatherRows;
import org.loradash.kernel.operation.GroupNorm;
import org.loradash.kernel.operation.HeadNorm;
import org.loradash.kernel.operation.LayerNorm;
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
import org.loradash.kernel.operation.Targets;
import org.loradash.kernel.operation.WriteColumns;
import org.loradash.kernel.operation.WriteScaledColumns;

/** Every operation on fixed inputs, as a process of its own: a line for each result, its name and its elements. */
final class KernelResults {
    private KernelResults() {}

    /** @param arguments the file to write */
    public static void main(String[] arguments) throws IOException {
        Map<String, double[]> results = new LinkedHashMap<>();
        compute(KernelProvider.PORTABLE.open(), results);
        List<String> lines = results.entrySet().stream()
                .map(result -> result.getKey() + " "
                        + DoubleStream.of(result.getValue())
                                .mapToObj(String::valueOf)
                                .collect(Collectors.joining(" ")))
                .toList();
        Files.write(Path.of(arguments[0]), lines);
    }

    static void compute(Kernels kernels, Map<String, double[]> results) {
        Results to = (name, tensor) -> results.put(name, Samples.doubles(tensor));
        products(kernels, to);
        weights(kernels, to);
        elements(kernels, to);
        rows(kernels, to);
        attention(kernels, to);
        Tensor logits = new Samples(6).normal(17, 301, 4);
        results.put(
                "crossEntropy",
                new double[] {kernels.run(new CrossEntropy(logits, new Samples(7).indices(17, 301), 0.1f))});
        to.put("crossEntropy.gradient", logits);
        Tensor values = new Samples(8).normal(17, 1);
        float[] targets = new Samples(9).normal(1, 17).toArray();
        results.put("squaredError", new double[] {kernels.run(new SquaredError(values, targets, 0.1f))});
        to.put("squaredError.gradient", values);
    }

    @FunctionalInterface
    private interface Results {
        void put(String name, Tensor result);
    }

    private static void products(Kernels kernels, Results to) {
        Samples samples = new Samples(1);
        for (Side a : Side.values()) {
            for (Side b : Side.values()) {
                Tensor out = samples.normal(37, 50).columns(3, 26);
                Tensor left = a == Side.PLAIN ? samples.normal(37, 41) : samples.normal(41, 37);
                Tensor right = b == Side.PLAIN ? samples.normal(41, 30) : samples.normal(30, 41);
                Tensor part = b == Side.PLAIN ? right.columns(2, 25) : right.rows(2, 25);
                kernels.run(new MatrixProduct(left, a, part, b, out, 0.5f, 1f));
                to.put("matmul." + a + "." + b, out);
            }
        }
    }

    private static void weights(Kernels kernels, Results to) {
        for (Storage storage : Storage.values()) {
            Samples samples = new Samples(2);
            Weight weight = Weight.allocate(29, 33, storage);
            float[] values = samples.normal(29, 33).toArray();
            weight.write(0, values, values.length);
            Tensor out = Tensor.zeros(11, 33);
            kernels.run(new Expand(weight, 5, 16, out));
            to.put("expand." + storage, out);
            kernels.run(new Gather(weight, samples.indices(11, 29), out));
            to.put("gather." + storage, out);
        }
    }

    private static void elements(Kernels kernels, Results to) {
        Samples samples = new Samples(3);
        Tensor x = samples.normal(19, 46);
        Tensor y = samples.normal(19, 46, 5);
        Tensor out = samples.normal(19, 46);
        kernels.run(new Add(x, 0.3f, out));
        to.put("add", out);
        kernels.run(new Drop(x, 9, 4, 0.4f, out));
        to.put("dropout", out);
        for (Activation activation : Activation.values()) {
            Tensor at = samples.normal(19, 46, 3);
            kernels.run(new Activate.Forward(at, activation, out));
            to.put(activation + "", out);
            kernels.run(new Activate.Backward(out, at, activation));
            to.put(activation + ".Backward", at);
            Tensor gate = samples.normal(19, 46, 3);
            Tensor up = samples.normal(19, 46);
            kernels.run(new GatedUnit.Forward(gate, up, activation, out));
            to.put(activation + ".gated", out);
            kernels.run(new GatedUnit.Backward(out, gate, up, activation));
            to.put(activation + ".gatedBackward.gate", gate);
            to.put(activation + ".gatedBackward.up", up);
        }
        Tensor capped = samples.normal(19, 46, 3);
        kernels.run(new SoftCap(capped, 2));
        to.put("softCap", capped);
        int[] targets = samples.indices(19, 46);
        kernels.run(new CrossEntropy(capped, Targets.single(targets), 0.3f, 2));
        to.put("crossEntropy.capped", capped);
        kernels.run(new Scale(capped, 0.3f));
        to.put("scale", capped);
        Tensor heads = samples.normal(19, 46);
        Tensor headWeight = samples.normal(1, 23);
        Tensor inverses = Tensor.zeros(19, 2);
        kernels.run(new HeadNorm.Forward(heads, headWeight, 1e-5f, out, inverses));
        to.put("headNorm", out);
        kernels.run(new HeadNorm.Backward(out, heads, headWeight, inverses));
        to.put("headNormBackward", out);
        Tensor wide = samples.normal(19, 60);
        kernels.run(new WriteColumns(x, 0.7f, wide, 8));
        to.put("writeColumns", wide);
        kernels.run(new AddColumns(wide, 3, 0.7f, out));
        to.put("addColumns", out);
        Tensor factors = samples.normal(1, 46);
        kernels.run(new WriteScaledColumns(x, factors, wide, 5));
        to.put("writeScaledColumns", wide);
        kernels.run(new AddColumnDots(wide, 5, x, factors));
        to.put("addColumnDots", factors);
        Tensor squares = Tensor.zeros(19, 46);
        kernels.run(new Adam(y, out, squares, new Adam.Step(1e-3, 0.9, 0.99, 1e-8, 3)));
        to.put("adam", y);
        to.put("adam.m", out);
        to.put("adam.v", squares);
    }

    private static void rows(Kernels kernels, Results to) {
        Samples samples = new Samples(4);
        Tensor x = samples.normal(23, 40);
        Tensor weight = samples.normal(1, 40);
        Tensor out = Tensor.zeros(23, 40);
        Tensor inverse = Tensor.zeros(23, 1);
        kernels.run(new RmsNorm.Forward(x, weight, 1e-5f, out, inverse));
        to.put("rmsNorm", out);
        Tensor dx = samples.normal(23, 40);
        kernels.run(new RmsNorm.Backward(out, x, weight, inverse, dx));
        to.put("rmsNormBackward.dx", dx);
        to.put("rmsNormBackward.out", out);
        Tensor mean = Tensor.zeros(23, 1);
        kernels.run(new LayerNorm.Forward(x, weight, weight, 1e-5f, out, mean, inverse));
        to.put("LayerNorm", out);
        kernels.run(new LayerNorm.Backward(out, x, weight, weight, mean, inverse, dx));
        to.put("LayerNorm.Backward.dx", dx);
        to.put("LayerNorm.Backward.out", out);
        Tensor means = Tensor.zeros(1, 8);
        Tensor ofGroups = Tensor.zeros(1, 8);
        kernels.run(new GroupNorm.Forward(x, 8, weight, weight, 1e-5f, GroupNorm.Then.SILU, out, means, ofGroups));
        to.put("GroupNorm", out);
        kernels.run(new GroupNorm.Backward(out, x, 8, weight, weight, GroupNorm.Then.SILU, means, ofGroups, dx));
        to.put("GroupNorm.Backward", dx);
        Patches.View view = new Patches.View(23, 1, 3, 1, 2, 1, 12, 1);
        Tensor patches = Tensor.zeros(12, 360);
        kernels.run(new Patches.Forward(x, view, 0, patches));
        to.put("Patches", patches);
        kernels.run(new Patches.Backward(patches, view, 0, dx));
        to.put("Patches.Backward", dx);
        kernels.run(new RepeatRow(weight, out));
        to.put("repeatRow", out);
        int[] indices = IntStream.range(0, 9).map(i -> 2 * i + 1).toArray();
        Tensor some = Tensor.zeros(9, 40);
        kernels.run(new GatherRows(x, indices, some));
        to.put("gatherRows", some);
        kernels.run(new ScatterRows(some, indices, dx));
        to.put("scatterRows", dx);
        kernels.run(new Rotate(
                x, 4, samples.normal(50, 5), samples.normal(50, 5), samples.indices(23, 50), Direction.TRANSPOSED));
        to.put("rotate", x);
    }

    private static void attention(Kernels kernels, Results to) {
        Samples samples = new Samples(5);
        int[] starts = {0, 13, 14, 40};
        Tensor qkv = samples.normal(40, (4 + 2 * 2) * 6);
        Tensor q = qkv.columns(0, 24);
        Tensor k = qkv.columns(24, 36);
        Tensor v = qkv.columns(36, 48);
        Tensor out = Tensor.zeros(40, 24);
        Tensor logSumExp = Tensor.zeros(40, 4);
        kernels.run(new Attention.Forward(q, k, v, AttentionShape.causal(4, 2, starts, 0.4f), out, logSumExp));
        to.put("attention", out);
        to.put("attention.logSumExp", logSumExp);
        Tensor dqkv = Tensor.zeros(40, 48);
        kernels.run(new Attention.Backward(
                samples.normal(40, 24),
                q,
                k,
                v,
                out,
                logSumExp,
                AttentionShape.causal(4, 2, starts, 0.4f),
                dqkv.columns(0, 24),
                dqkv.columns(24, 36),
                dqkv.columns(36, 48)));
        to.put("attentionBackward", dqkv);
        AttentionShape bothWays = AttentionShape.bothWays(4, 2, starts, 0.4f);
        kernels.run(new Attention.Forward(q, k, v, bothWays, out, logSumExp));
        to.put("attention.bothWays", out);
        Tensor some = samples.normal(9, 48);
        kernels.run(new CrossAttention.Forward(q, some.columns(0, 24), some.columns(24, 48), 4, 0.4f, out, logSumExp));
        to.put("attention.cross", out);
        Tensor dSome = Tensor.zeros(9, 48);
        Tensor dq = Tensor.zeros(40, 24);
        kernels.run(new CrossAttention.Backward(
                samples.normal(40, 24),
                q,
                some.columns(0, 24),
                some.columns(24, 48),
                4,
                0.4f,
                out,
                logSumExp,
                dq,
                dSome.columns(0, 24),
                dSome.columns(24, 48)));
        to.put("attention.crossBackward", dSome);
        to.put("attention.crossBackward.q", dq);
        AttentionShape window = Sight.CAPPED_WINDOW.of(AttentionShape.causal(4, 2, starts, 0.4f), 7);
        kernels.run(new Attention.Forward(q, k, v, window, out, logSumExp));
        to.put("attention.window", out);
        kernels.run(new Attention.Backward(
                samples.normal(40, 24),
                q,
                k,
                v,
                out,
                logSumExp,
                window,
                dqkv.columns(0, 24),
                dqkv.columns(24, 36),
                dqkv.columns(36, 48)));
        to.put("attentionBackward.window", dqkv);
        RelativeSample sample = new RelativeSample(samples, starts, 3, 6, 9, RelativeSample.Terms.BOTH);
        kernels.run(sample.forward(sample.out(), sample.logSumExp()));
        to.put("relativeAttention", sample.out());
        RelativeSample.Gradients gradients = sample.backward(kernels);
        to.put("relativeAttention.Backward", gradients.dqkv());
        to.put("relativeAttention.Backward.relative", gradients.dRelative());
    }
}
