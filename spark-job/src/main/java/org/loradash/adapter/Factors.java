package org.loradash.adapter;

import java.util.LinkedHashMap;
import java.util.Map;
import org.loradash.kernel.Tensor;
import org.loradash.model.Target;

/** A pair of factors for every target of an adapter, in one flat piece of memory: changes, or gradients of changes. */
public final class Factors {
    private final Tensor memory;
    private final Map<String, Pair> pairs;

    /**
     * @param a change rank x inputs
     * @param b outputs x change rank
     */
    public record Pair(Tensor a, Tensor b) {}

    private Factors(Tensor memory, Map<String, Pair> pairs) {
        this.memory = memory;
        this.pairs = pairs;
    }

    public static Factors allocate(Adapter adapter) {
        int size = 0;
        for (Target target : adapter.targets()) {
            size = Math.addExact(size, adapter.changeRank(target) * (target.inputs() + target.outputs()));
        }
        Tensor memory = Tensor.zeros(1, size);
        Map<String, Pair> pairs = new LinkedHashMap<>();
        int from = 0;
        for (Target target : adapter.targets()) {
            int rank = adapter.changeRank(target);
            Tensor a = memory.window(from, rank, target.inputs());
            Tensor b = memory.window(from + rank * target.inputs(), target.outputs(), rank);
            pairs.put(target.name(), new Pair(a, b));
            from += rank * (target.inputs() + target.outputs());
        }
        return new Factors(memory, pairs);
    }

    /** All pairs together, 1 x size. */
    public Tensor memory() {
        return memory;
    }

    /** A target's pair; null where the adapter does not have the target. */
    public Pair of(String target) {
        return pairs.get(target);
    }
}
