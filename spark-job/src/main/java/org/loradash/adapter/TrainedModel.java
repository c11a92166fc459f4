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
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Target;
import org.loradash.model.WeightChange;
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
     * Writes the base model with an adapter's change, as {@link #write(FileSystem, Path, WeightChange, ModelDirectory)}
     * does.
     *
     * @param parameters of the adapter, 1 x as many as it has
     */
    public static void write(
            FileSystem files, Path directory, Adapter adapter, Tensor parameters, ModelDirectory base) {
        write(files, directory, Changed.of(adapter, parameters), base);
    }

    /**
     * Writes config, tokenizer and every tensor of the base model, each in the type that it has there: those that change
     * rounded to that type once, and all others byte by byte. One changed tensor at a time is in memory. Files already
     * there are overwritten.
     */
    public static void write(FileSystem files, Path directory, WeightChange change, ModelDirectory base) {
        SafetensorsDirectory weights = base.weights();
        List<NamedTensor> tensors = new ArrayList<>();
        for (String name : weights.names()) {
            SafetensorsFile file = weights.file(name);
            TensorInfo tensor = file.tensor(name);
            tensors.add(
                    change.changes(name)
                            ? new NamedTensor.Rounded(
                                    name,
                                    tensor.type(),
                                    tensor.shape(),
                                    () -> change.changed(name, file.readFloats(name)))
                            : new NamedTensor.Copied(file, tensor));
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
    private record Changed(
            Map<String, Target> targets, Kernels kernels, ChangeFactors lowRank, Map<String, Dense> dense)
            implements WeightChange {

        static Changed of(Adapter adapter, Tensor parameters) {
            Map<String, Target> targets = new HashMap<>();
            adapter.targets().forEach(target -> targets.put(target.weightName(), target));
            Kernels kernels = KernelProvider.best().open();
            ChainRule chainRule = new ChainRule(adapter);
            ChangeFactors lowRank = ChangeFactors.allocate(adapter);
            chainRule.changes(kernels, parameters, lowRank);
            return new Changed(targets, kernels, lowRank, chainRule.dense(parameters, Optional.empty()));
        }

        @Override
        public boolean changes(String tensor) {
            return targets.containsKey(tensor);
        }

        /** kept W + added + b a, row by row. */
        @Override
        public float[] changed(String tensor, float[] base) {
            Target target = targets.get(tensor);
            float[] values = base;
            Dense change = dense.get(target.name());
            if (change != null) {
                float[] added = change.added().toArray();
                for (int i = 0; i < values.length; i++) {
                    values[i] = change.kept() * values[i] + added[i];
                }
            }
            ChangeFactors.Pair pair = lowRank.of(target.name());
            if (pair == null) {
                return values;
            }
            Tensor sum = Tensor.of(target.outputs(), target.inputs(), values);
            kernels.run(new MatrixProduct(pair.b(), Side.PLAIN, pair.a(), Side.PLAIN, sum, 1f, 1f));
            return sum.toArray();
        }
    }
}
