package org.loradash.adapter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.loradash.autograd.Dropout;
import org.loradash.autograd.LowRank;
import org.loradash.kernel.Tensor;
import org.loradash.model.Changes;
import org.loradash.model.Target;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.direction.WeightUpdate;
import org.loradash.tsd.source.BaseModel;
import org.loradash.tsd.source.PeftLora;

/**
 * The changes of an adapter that PEFT or this project wrote, beside the weights and not merged into them, as it was
 * trained: half-precision weights lose nothing of it. For forward passes alone. Ranks and scales may differ from target to
 * target.
 */
public final class PeftChanges implements Changes {
    private final Map<String, LowRank> changes;

    private PeftChanges(Map<String, LowRank> changes) {
        this.changes = changes;
    }

    /**
     * Checks an adapter without reading its factors.
     *
     * @param model the base model's directory
     * @param targets that the model can have changed
     * @throws InvalidInput where it is none, no plain LoRA, or does not fit the model
     */
    public static void check(Configuration hadoop, String model, List<Target> targets, String directory) {
        try (PeftLora adapter = PeftLora.open(directory, hadoop);
                BaseModel base = BaseModel.open("model.path", model, hadoop)) {
            fitting(adapter, base, targets, directory);
        }
    }

    /** Reads an adapter, checked like that. */
    public static PeftChanges read(Configuration hadoop, String model, List<Target> targets, String directory) {
        try (PeftLora adapter = PeftLora.open(directory, hadoop);
                BaseModel base = BaseModel.open("model.path", model, hadoop)) {
            Map<String, WeightUpdate.LowRank> factors = new LinkedHashMap<>();
            // In the model's order: the factors of targets that share their input lie one behind the other.
            fitting(adapter, base, targets, directory)
                    .forEach((name, target) ->
                            factors.put(name, (WeightUpdate.LowRank) adapter.change(target, new float[0])));
            return new PeftChanges(onOneMemory(factors, targets));
        }
    }

    /** The targets that the adapter changes, in the model's order. */
    private static Map<String, org.loradash.tsd.source.Target> fitting(
            PeftLora adapter, BaseModel base, List<Target> targets, String directory) {
        adapter.check(base, base.layers());
        Map<String, org.loradash.tsd.source.Target> changed = base.layers().stream()
                .filter(adapter::changes)
                .collect(Collectors.toMap(target -> target.name().text(), Function.identity()));
        Map<String, org.loradash.tsd.source.Target> fitting = new LinkedHashMap<>();
        targets.forEach(target -> {
            if (changed.containsKey(target.name())) {
                fitting.put(target.name(), changed.remove(target.name()));
            }
        });
        changed.keySet().stream().sorted().findFirst().ifPresent(other -> {
            throw InvalidInput.of(
                    directory,
                    "module " + other,
                    "must be a linear layer of a block, such as "
                            + targets.get(0).name());
        });
        return fitting;
    }

    private static Map<String, LowRank> onOneMemory(Map<String, WeightUpdate.LowRank> factors, List<Target> targets) {
        int ofA = 0;
        int ofB = 0;
        for (WeightUpdate.LowRank change : factors.values()) {
            ofA = Math.addExact(ofA, change.a().length);
            ofB = Math.addExact(ofB, change.b().length);
        }
        // There is no memory of no elements.
        Tensor memory = Tensor.zeros(1, Math.max(1, Math.addExact(ofA, ofB)));
        Map<String, LowRank> changes = new LinkedHashMap<>();
        int fromA = 0;
        int fromB = ofA;
        for (Target target : targets) {
            WeightUpdate.LowRank change = factors.get(target.name());
            if (change == null) {
                continue;
            }
            int rank = change.a().length / target.inputs();
            Tensor a = memory.window(fromA, rank, target.inputs());
            Tensor b = memory.window(fromB, target.outputs(), rank);
            a.write(change.a(), 0);
            b.write(scaled(change.b(), (float) change.scale()), 0);
            changes.put(target.name(), new LowRank(a, b, null, null));
            fromA += change.a().length;
            fromB += change.b().length;
        }
        return changes;
    }

    private static float[] scaled(float[] values, float scale) {
        float[] scaled = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            scaled[i] = scale * values[i];
        }
        return scaled;
    }

    @Override
    public Optional<LowRank> of(String target) {
        return Optional.ofNullable(changes.get(target));
    }

    @Override
    public Dropout dropout(String target) {
        return Dropout.NONE;
    }
}
