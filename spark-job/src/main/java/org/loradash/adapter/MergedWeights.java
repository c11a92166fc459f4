package org.loradash.adapter;

import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.loradash.model.WeightChange;
import org.loradash.tsd.direction.WeightUpdate;
import org.loradash.tsd.source.BaseModel;
import org.loradash.tsd.source.PeftLora;
import org.loradash.tsd.source.Target;

/**
 * A base model's weights with an adapter's change in them, W + scale B A. The adapter is one that PEFT or this project
 * wrote: ranks and scales may differ from target to target. Only the target that is asked for is in memory.
 */
public final class MergedWeights implements WeightChange, AutoCloseable {
    private final PeftLora adapter;
    private final Map<String, Target> targets;
    private final Kernels kernels;

    private MergedWeights(PeftLora adapter, Map<String, Target> targets, Kernels kernels) {
        this.adapter = adapter;
        this.targets = targets;
        this.kernels = kernels;
    }

    /**
     * Opens an adapter's directory.
     *
     * @param model the base model's directory
     * @param threads that compute a product together
     * @throws org.loradash.tsd.InvalidInput where it is none, no plain LoRA, or does not fit the model
     */
    public static MergedWeights open(Configuration hadoop, String model, String directory, int threads) {
        PeftLora adapter = PeftLora.open(directory, hadoop);
        boolean opened = false;
        try (BaseModel base = BaseModel.open("model.path", model, hadoop)) {
            adapter.check(base, base.layers());
            Map<String, Target> targets = new HashMap<>();
            base.layers().stream()
                    .filter(adapter::changes)
                    .forEach(target -> targets.put(target.name().weight(), target));
            opened = true;
            return new MergedWeights(adapter, targets, KernelProvider.best().open(threads));
        } finally {
            if (!opened) {
                adapter.close();
            }
        }
    }

    @Override
    public boolean changes(String tensor) {
        return targets.containsKey(tensor);
    }

    @Override
    public float[] changed(String tensor, float[] values) {
        Target target = targets.get(tensor);
        WeightUpdate.LowRank change = (WeightUpdate.LowRank) adapter.change(target, values);
        int rank = change.a().length / target.columns();
        Tensor sum = Tensor.of(target.rows(), target.columns(), values);
        kernels.run(new MatrixProduct(
                Tensor.of(target.rows(), rank, change.b()),
                Side.PLAIN,
                Tensor.of(rank, target.columns(), change.a()),
                Side.PLAIN,
                sum,
                (float) change.scale(),
                1f));
        sum.read(values, 0);
        return values;
    }

    @Override
    public void close() {
        adapter.close();
        kernels.close();
    }
}
