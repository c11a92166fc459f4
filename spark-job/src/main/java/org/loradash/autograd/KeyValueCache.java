package org.loradash.autograd;

import java.util.List;
import java.util.stream.Stream;
import org.loradash.kernel.Tensor;

/**
 * Keys and values of tokens that a model has seen, so that a sequence goes on without computing them again. A token has
 * the same slot in every layer; which token a slot holds is known to the user of the cache alone. Memory is taken once.
 */
public final class KeyValueCache {
    private static final long LARGEST_LAYER = 1L << 29;

    private final int slots;
    private final List<Layer> layers;

    /**
     * Of one block of a model.
     *
     * @param keys (keyHeads * slots) x d, one key head's slots behind another's
     * @param values likewise
     */
    public record Layer(Tensor keys, Tensor values) {}

    private KeyValueCache(int slots, List<Layer> layers) {
        this.slots = slots;
        this.layers = layers;
    }

    /**
     * A cache of unknown content.
     *
     * @param d a key head's width
     * @throws IllegalArgumentException if a layer's keys would have more than 2^29 elements, or there are no slots
     */
    public static KeyValueCache allocate(int layers, int slots, int keyHeads, int d) {
        if (slots < 1 || (long) slots * keyHeads * d > LARGEST_LAYER) {
            throw new IllegalArgumentException("slots: %d of %d x %d (must be from 1 to %d)"
                    .formatted(slots, keyHeads, d, LARGEST_LAYER / keyHeads / d));
        }
        return new KeyValueCache(
                slots,
                Stream.generate(() -> new Layer(
                                Tensor.uninitialised(keyHeads * slots, d), Tensor.uninitialised(keyHeads * slots, d)))
                        .limit(layers)
                        .toList());
    }

    /** How many tokens it holds. */
    public int slots() {
        return slots;
    }

    public Layer layer(int index) {
        return layers.get(index);
    }
}
