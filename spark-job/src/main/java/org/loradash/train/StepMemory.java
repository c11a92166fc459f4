package org.loradash.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.ChangeFactors;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Dense;
import org.loradash.autograd.Parameter;
import org.loradash.autograd.Tape;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.Backbone;
import org.loradash.model.Target;
import org.loradash.model.WholeTensor;
import org.loradash.task.Task;

/** What a step takes of an arena: found by going through it on shapes alone, so that it is what the step will do. */
public final class StepMemory {
    private StepMemory() {}

    /**
     * An arena without memory after forward and backward of a slice, which says what an arena in earnest takes and holds.
     *
     * @param model without memory
     * @param adapter whose targets are changed, and whose modules are trained whole
     * @param changeRank of every target's low-rank change, its coordinates' among it; 0 for none
     */
    public static <B> Arena arena(
            Task<?, B> task, Backbone model, Adapter adapter, int changeRank, TaskObjective.Options options, B slice) {
        // Of a method only the rank of its change matters here, and LoRA's is any.
        ChangeFactors factors =
                ChangeFactors.withoutMemory(new Adapter("lora", changeRank, 1, adapter.targets(), Map.of()));
        Map<String, Dense> changes = new LinkedHashMap<>();
        if (adapter.adaptation().isDense()) {
            for (Target target : adapter.targets()) {
                // With less than all of the frozen weight kept.
                changes.put(target.name(), new Dense(0.5f, like(target), like(target)));
            }
        }
        Map<String, Parameter> whole = new LinkedHashMap<>();
        for (WholeTensor tensor : adapter.wholeTensors()) {
            Tensor shape = Tensor.withoutMemory(tensor.rows(), tensor.columns());
            whole.put(tensor.name(), new Parameter(shape, shape));
        }
        Arena arena = Arena.withoutMemory();
        Tape tape = new Tape(Kernels.dry(), arena, options.blockValues());
        task.loss(
                tape,
                model,
                slice,
                new SliceChanges(factors, factors, changes, whole, options.dropout(), OptionalLong.of(0)),
                1f);
        tape.backward();
        return arena;
    }

    private static Tensor like(Target target) {
        return Tensor.withoutMemory(target.outputs(), target.inputs());
    }
}
