package org.loradash.adapter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.loradash.autograd.Dense;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Kernels.Side;
import org.loradash.kernel.Tensor;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Target;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsDirectory;
import org.loradash.tsd.io.SafetensorsFile;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.TensorInfo;
import org.loradash.tsd.io.WholeFile;

/** The base model with every target's change in its weight, as a Hugging Face model directory of its own. */
public final class TrainedModel {
    private static final String WEIGHTS = "model.safetensors";

    private TrainedModel() {}

    /**
     * Writes config, tokenizer and every tensor of the base model, each in the type that it has there: those of targets
     * with their change, rounded to that type once, and all others byte by byte. One target at a time is in memory. Files
     * already there are overwritten.
     *
     * @param parameters of the adapter, 1 x as many as it has
     */
    public static void write(
            FileSystem files, Path directory, Adapter adapter, Tensor parameters, ModelDirectory base) {
        SafetensorsDirectory weights = base.weights();
        Map<String, Target> targets = new HashMap<>();
        adapter.targets().forEach(target -> targets.put(target.weightName(), target));
        Changed changed = Changed.of(adapter, parameters);
        List<NamedTensor> tensors = new ArrayList<>();
        for (String name : weights.names()) {
            SafetensorsFile file = weights.file(name);
            TensorInfo tensor = file.tensor(name);
            Target target = targets.get(name);
            tensors.add(
                    target == null
                            ? new NamedTensor.Copied(file, tensor)
                            : new NamedTensor.Rounded(
                                    name,
                                    tensor.type(),
                                    tensor.shape(),
                                    () -> changed.weight(target, file.readFloats(name))));
        }
        try {
            files.mkdirs(directory);
            for (Path companion : base.companions()) {
                Path copy = new Path(directory, companion.getName());
                FileUtil.copy(base.files(), companion, files, copy, false, true, files.getConf());
            }
            WholeFile.write(
                    files,
                    new Path(directory, WEIGHTS),
                    out -> SafetensorsWriter.write(out, Map.of("format", "pt"), tensors));
        } catch (IOException e) {
            throw new UncheckedIOException(directory.toString(), e);
        }
    }

    /** Every target's change, low-rank and dense. */
    private record Changed(Kernels kernels, Factors lowRank, Map<String, Dense> dense) {

        static Changed of(Adapter adapter, Tensor parameters) {
            Kernels kernels = KernelProvider.best().open();
            ChainRule chainRule = new ChainRule(adapter);
            Factors lowRank = Factors.allocate(adapter);
            chainRule.changes(kernels, parameters, lowRank);
            return new Changed(kernels, lowRank, chainRule.dense(parameters, Optional.empty()));
        }

        /** kept W + added + b a, row by row. */
        float[] weight(Target target, float[] base) {
            float[] values = base;
            Dense change = dense.get(target.name());
            if (change != null) {
                float[] added = change.added().toArray();
                for (int i = 0; i < values.length; i++) {
                    values[i] = change.kept() * values[i] + added[i];
                }
            }
            Factors.Pair pair = lowRank.of(target.name());
            if (pair == null) {
                return values;
            }
            Tensor sum = Tensor.of(target.outputs(), target.inputs(), values);
            kernels.matmul(pair.b(), Side.PLAIN, pair.a(), Side.PLAIN, sum, 1f, 1f);
            return sum.toArray();
        }
    }
}
