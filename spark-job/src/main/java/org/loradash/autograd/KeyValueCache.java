package org.loradash.autograd;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;
import org.loradash.kernel.Tensor;

/**
 * Keys and values of tokens that a model has seen, so that a sequence goes on without computing them again. Layers with the same
 * window have a room together: a token has the same slot in all of them. Which token a slot holds is known to the user of the
 * cache alone, and a slot may be used again when nobody attends to its token any more. Memory is taken once.
 */
public final class KeyValueCache {
    private static final long LARGEST_LAYER = 1L << 29;

    private final List<Room> rooms;
    private final List<Layer> layers;

    /**
     * Of layers with the same window.
     *
     * @param window how many tokens of a sequence its layers attend to; absent where it is all of them
     * @param slots how many tokens it holds
     */
    public record Room(OptionalInt window, int slots) {}

    /**
     * Of one block of a model.
     *
     * @param room its number
     * @param keys (keyHeads * slots) x d, one key head's slots behind another's
     * @param values likewise
     */
    public record Layer(int room, Tensor keys, Tensor values) {}

    private KeyValueCache(List<Room> rooms, List<Layer> layers) {
        this.rooms = rooms;
        this.layers = layers;
    }

    /**
     * A cache of unknown content.
     *
     * @param layers each one's attention
     * @param d a key head's width
     * @param slots how many tokens layers with a window hold, or with none
     * @throws IllegalArgumentException if a layer's keys would have more than 2^29 elements, or there are no slots
     */
    public static KeyValueCache allocate(List<Attention.Heads> layers, int d, ToIntFunction<OptionalInt> slots) {
        List<Room> rooms = layers.stream()
                .map(Attention.Heads::window)
                .distinct()
                .map(window -> new Room(window, slots.applyAsInt(window)))
                .toList();
        List<OptionalInt> windows = rooms.stream().map(Room::window).toList();
        return new KeyValueCache(
                rooms,
                layers.stream()
                        .map(heads -> {
                            int room = windows.indexOf(heads.window());
                            return layer(room, rooms.get(room).slots(), heads.keyHeads(), d);
                        })
                        .toList());
    }

    private static Layer layer(int room, int slots, int keyHeads, int d) {
        if (slots < 1 || (long) slots * keyHeads * d > LARGEST_LAYER) {
            throw new IllegalArgumentException("slots: %d of %d x %d (must be from 1 to %d)"
                    .formatted(slots, keyHeads, d, LARGEST_LAYER / keyHeads / d));
        }
        int rows = keyHeads * slots;
        return new Layer(room, Tensor.uninitialised(rows, d), Tensor.uninitialised(rows, d));
    }

    public List<Room> rooms() {
        return rooms;
    }

    /** Gives all memory back to the system, without waiting for the garbage collector; nothing of it is used again. */
    public void free() {
        layers.forEach(layer -> {
            layer.keys().free();
            layer.values().free();
        });
    }

    public Layer layer(int index) {
        return layers.get(index);
    }
}
