package org.loradash.train;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.ChangeFactors;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Dense;
import org.loradash.autograd.Tape;
import org.loradash.data.Batch;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.Model;
import org.loradash.model.Target;

/** What a step takes of an arena: found by going through it on shapes alone, so that it is what the step will do. */
public final class StepMemory {
    private StepMemory() {}

    /**
     * An arena without memory after forward and backward of a slice, which says what an arena in earnest takes and holds.
     *
     * @param model without memory
     * @param targets that are changed
     * @param changeRank of every target's low-rank change, its coordinates' among it; 0 for none
     * @param dense whether every target has a dense change too, with less than all of the frozen weight kept
     */
    public static Arena arena(
            Model model,
            List<Target> targets,
            int changeRank,
            boolean dense,
            LanguageModelObjective.Options options,
            Batch slice) {
        // Of a method only the rank of its change matters here, and LoRA's is any.
        ChangeFactors factors = ChangeFactors.withoutMemory(new Adapter("lora", changeRank, 1, targets, Map.of()));
        Map<String, Dense> changes = new LinkedHashMap<>();
        for (Target target : dense ? targets : List.<Target>of()) {
            changes.put(target.name(), new Dense(0.5f, like(target), like(target)));
        }
        Arena arena = Arena.withoutMemory();
        Tape tape = new Tape(Kernels.dry(), arena, options.blockValues());
        model.loss(tape, slice, new SliceChanges(factors, factors, changes, options.dropout(), 0), 1f);
        tape.backward();
        return arena;
    }

    private static Tensor like(Target target) {
        return Tensor.withoutMemory(target.outputs(), target.inputs());
    }

    /** A slice of so many tokens in sequences of at most that length, all with a target but each sequence's last. */
    public static Batch slice(int tokens, int longest) {
        int sequences = (tokens + longest - 1) / longest;
        int[] starts = new int[sequences + 1];
        int[] targets = new int[tokens];
        for (int s = 1; s <= sequences; s++) {
            starts[s] = Math.min(tokens, s * longest);
            targets[starts[s] - 1] = starts[s] - starts[s - 1] > 1 ? Batch.NO_TARGET : 0;
        }
        return new Batch(new int[tokens], targets, Arrays.copyOf(starts, starts.length));
    }
}
