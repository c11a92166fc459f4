package org.loradash.adapter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.loradash.autograd.LowRank;
import org.loradash.kernel.Tensor;
import org.loradash.model.Target;

/** A pair of factors for every target of an adapter, in one flat piece of memory: changes, or gradients of changes. */
public final class ChangeFactors {
    private final Tensor memory;
    private final Map<String, Pair> pairs;

    /**
     * @param a change rank x inputs
     * @param b outputs x change rank
     */
    public record Pair(Tensor a, Tensor b) {}

    private ChangeFactors(Tensor memory, Map<String, Pair> pairs) {
        this.memory = memory;
        this.pairs = pairs;
    }

    /**
     * New memory for every target's pair: all factors a in the order of targets, then all b. Those of targets that share
     * their input thus lie one behind the other, and one product computes with all of them.
     */
    public static ChangeFactors allocate(Adapter adapter) {
        return allocate(adapter.targets(), adapter::changeRank);
    }

    /** The same for any targets, of any rank each. */
    static ChangeFactors allocate(List<Target> targets, ToIntFunction<Target> rank) {
        return in(size -> Tensor.zeros(1, size), targets, rank);
    }

    /** The same shapes with no memory behind them. */
    public static ChangeFactors withoutMemory(Adapter adapter) {
        return in(size -> Tensor.withoutMemory(1, size), adapter.targets(), adapter::changeRank);
    }

    private static ChangeFactors in(IntFunction<Tensor> system, List<Target> targets, ToIntFunction<Target> ranks) {
        int ofA = 0;
        int ofB = 0;
        for (Target target : targets) {
            int rank = ranks.applyAsInt(target);
            ofA = Math.addExact(ofA, Math.multiplyExact(rank, target.inputs()));
            ofB = Math.addExact(ofB, Math.multiplyExact(rank, target.outputs()));
        }
        // There is no memory of no elements.
        Tensor memory = system.apply(Math.max(1, Math.addExact(ofA, ofB)));
        Map<String, Pair> pairs = new LinkedHashMap<>();
        int a = 0;
        int b = ofA;
        for (Target target : targets) {
            int rank = ranks.applyAsInt(target);
            if (rank == 0) {
                continue;
            }
            pairs.put(
                    target.name(),
                    new Pair(memory.window(a, rank, target.inputs()), memory.window(b, target.outputs(), rank)));
            a += rank * target.inputs();
            b += rank * target.outputs();
        }
        return new ChangeFactors(memory, pairs);
    }

    /** All pairs together, 1 x size. */
    public Tensor memory() {
        return memory;
    }

    /** Every target's low-rank change, in the order of targets, for forward passes alone. */
    Map<String, LowRank> changes() {
        Map<String, LowRank> changes = new LinkedHashMap<>();
        pairs.forEach((target, pair) -> changes.put(target, new LowRank(pair.a(), pair.b(), null, null)));
        return changes;
    }

    /** A target's pair; null where the adapter does not have the target, or its change is dense alone. */
    public Pair of(String target) {
        return pairs.get(target);
    }
}
