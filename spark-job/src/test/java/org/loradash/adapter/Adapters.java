package org.loradash.adapter;

import static org.loradash.Differences.normal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.loradash.model.Target;

/** Small adapters, and directions for them. */
final class Adapters {
    static final Target QUERY = new Target("model.layers.0.self_attn.q_proj", 0, 6, 5);
    static final Target DOWN = new Target("model.layers.0.mlp.down_proj", 0, 5, 7);
    static final Target NEXT_QUERY = new Target("model.layers.1.self_attn.q_proj", 1, 6, 5);
    static final int RANK = 2;
    static final double SCALE = 1.5;

    private Adapters() {}

    static Adapter lora() {
        return new Adapter("lora", RANK, SCALE, List.of(QUERY, DOWN, NEXT_QUERY), Map.of());
    }

    /** Every low-rank method before the boundary; where it starts from triplets, these are not of any weight. */
    static List<Adapter> methods() {
        return Method.ALL.stream()
                .filter(method -> !method.isDense())
                .map(method -> {
                    Adapter adapter = new Adapter(method.name(), RANK, SCALE, lora().targets(), Map.of());
                    Map<String, SingularTriplets> triplets = new LinkedHashMap<>();
                    adapter.targets()
                            .forEach(target -> triplets.put(
                                    target.name(),
                                    new SingularTriplets(directions(target, RANK), new float[] {2f, 0.25f})));
                    return method.startsFrom().isPresent() ? adapter.withTriplets(triplets) : adapter;
                })
                .toList();
    }

    /** LoRA in its sprint, with 3 directions a target. */
    static Adapter dash() {
        return dash(lora());
    }

    /** An adapter in its sprint, with 3 directions a target. */
    static Adapter dash(Adapter adapter) {
        Map<String, Directions> directions = new LinkedHashMap<>();
        for (Target target : adapter.targets()) {
            directions.put(target.name(), directions(target, 3));
        }
        return adapter.withDirections(directions);
    }

    static Directions directions(Target target, int count) {
        int[] indices = new int[count];
        for (int i = 0; i < count; i++) {
            indices[i] = count - i;
        }
        long seed = target.name().hashCode();
        return new Directions(
                indices,
                normal(seed, target.outputs(), count, 1).toArray(),
                normal(seed + 1, count, target.inputs(), 1).toArray());
    }
}
