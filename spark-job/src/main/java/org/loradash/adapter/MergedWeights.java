package org.loradash.adapter;

import org.loradash.autograd.Dense;
import org.loradash.autograd.LowRank;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.loradash.model.Merge;

/** Weights with changes in them: kept W + added + b a, or a tensor that was trained in W's place. */
record MergedWeights(ModuleChanges changes, Kernels kernels) implements Merge {
    private static final String WEIGHT = ".weight";

    @Override
    public boolean changes(String tensor) {
        String module = module(tensor);
        return changes.whole().containsKey(tensor)
                || changes.lowRank().containsKey(module)
                || changes.dense().containsKey(module);
    }

    @Override
    public float[] merged(String tensor, float[] values) {
        String module = module(tensor);
        changes.whole(tensor).ifPresent(whole -> whole.value().read(values, 0));
        changes.dense(module).ifPresent(dense -> addDense(dense, values));
        return changes.of(module).map(factors -> withProduct(factors, values)).orElse(values);
    }

    /** The layer whose weight a tensor is; no layer's name where it is another tensor. */
    private static String module(String tensor) {
        return tensor.endsWith(WEIGHT) ? tensor.substring(0, tensor.length() - WEIGHT.length()) : "";
    }

    private static void addDense(Dense change, float[] values) {
        float[] added = change.added().toArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = change.kept() * values[i] + added[i];
        }
    }

    private float[] withProduct(LowRank change, float[] values) {
        Tensor sum = Tensor.of(change.b().rows(), change.a().columns(), values);
        kernels.run(new MatrixProduct(change.b(), Side.PLAIN, change.a(), Side.PLAIN, sum, 1f, 1f));
        return sum.toArray();
    }
}
