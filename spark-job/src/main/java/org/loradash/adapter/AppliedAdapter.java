package org.loradash.adapter;

import java.util.Map;
import java.util.Optional;
import org.loradash.autograd.Dense;
import org.loradash.autograd.Dropout;
import org.loradash.autograd.LowRank;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.Changes;

/** An adapter's changes at given parameters, for forward passes alone: without gradients and dropout. */
public final class AppliedAdapter implements Changes {
    private final ChangeFactors factors;
    private final Map<String, Dense> dense;

    private AppliedAdapter(ChangeFactors factors, Map<String, Dense> dense) {
        this.factors = factors;
        this.dense = dense;
    }

    /**
     * Dense changes lie on the parameters' own memory, low-rank ones on memory of their own.
     *
     * @param parameters of the adapter, 1 x as many as it has
     */
    public static AppliedAdapter of(Adapter adapter, Tensor parameters, Kernels kernels) {
        ChainRule chainRule = new ChainRule(adapter);
        ChangeFactors factors = ChangeFactors.allocate(adapter);
        chainRule.changes(kernels, parameters, factors);
        return new AppliedAdapter(factors, chainRule.dense(parameters, Optional.empty()));
    }

    @Override
    public Optional<LowRank> of(String target) {
        return Optional.ofNullable(factors.of(target)).map(pair -> new LowRank(pair.a(), pair.b(), null, null));
    }

    @Override
    public Optional<Dense> dense(String target) {
        return Optional.ofNullable(dense.get(target));
    }

    @Override
    public Dropout dropout(String target) {
        return Dropout.NONE;
    }
}
