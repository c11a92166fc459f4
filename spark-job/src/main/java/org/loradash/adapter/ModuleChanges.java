package org.loradash.adapter;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.loradash.autograd.Dense;
import org.loradash.autograd.Dropout;
import org.loradash.autograd.LowRank;
import org.loradash.autograd.Parameter;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.Changes;
import org.loradash.model.Merge;

/**
 * What a run's parameters or an adapter's files make of a model's modules. It is applied beside the weights, as it was
 * trained, so that half-precision weights lose nothing of it; or merged into them; or exported, see {@link PeftAdapter}.
 * For forward passes alone: there are no gradients and no dropout.
 *
 * @param lowRank changes of linear layers by their names, scale inside, in the model's order; those of layers that share
 *     their input lie one behind the other in memory
 * @param dense changes of linear layers by their names
 * @param whole tensors that were trained whole by their names
 */
public record ModuleChanges(Map<String, LowRank> lowRank, Map<String, Dense> dense, Map<String, Parameter> whole)
        implements Changes {

    public ModuleChanges {
        lowRank = Collections.unmodifiableMap(new LinkedHashMap<>(lowRank));
        dense = Collections.unmodifiableMap(new LinkedHashMap<>(dense));
        whole = Collections.unmodifiableMap(new LinkedHashMap<>(whole));
    }

    /**
     * The changes that parameters make. Dense ones lie on the parameters' own memory, low-rank ones on memory of their own.
     *
     * @param parameters of the adapter, 1 x as many as it has
     */
    public static ModuleChanges of(Adapter adapter, Tensor parameters, Kernels kernels) {
        ChainRule chainRule = new ChainRule(adapter);
        ChangeFactors factors = ChangeFactors.allocate(adapter);
        chainRule.changes(kernels, parameters, factors);
        return new ModuleChanges(
                factors.changes(),
                chainRule.dense(parameters, Optional.empty()),
                chainRule.whole(parameters, Optional.empty()));
    }

    /**
     * The changes as part of the weights.
     *
     * @param kernels that compute products for as long as weights are merged
     */
    public Merge merge(Kernels kernels) {
        return new MergedWeights(this, kernels);
    }

    @Override
    public Optional<LowRank> of(String target) {
        return Optional.ofNullable(lowRank.get(target));
    }

    @Override
    public Optional<Dense> dense(String target) {
        return Optional.ofNullable(dense.get(target));
    }

    @Override
    public Optional<Parameter> whole(String tensor) {
        return Optional.ofNullable(whole.get(tensor));
    }

    @Override
    public Dropout dropout(String target) {
        return Dropout.NONE;
    }
}
