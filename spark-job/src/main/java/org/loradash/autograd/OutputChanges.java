package org.loradash.autograd;

import java.util.List;
import org.loradash.kernel.Tensor;

/**
 * The trainable changes of a linear layer, or of several that share their input and are computed as one: each changes
 * some of the outputs. Low-rank ones of the same outputs add up; dense ones have outputs of their own.
 *
 * @param parts in the order of their outputs; their factors a lie one behind the other in memory, and their gradients too
 * @param dense in the order of their outputs
 */
public record OutputChanges(List<Part> parts, List<DensePart> dense) {

    /**
     * One low-rank change.
     *
     * @param from the first output that it changes; the others follow
     * @param dropout of its input
     */
    public record Part(int from, LowRank lowRank, Dropout dropout) {
        /** One past the last output that it changes. */
        int to() {
            return from + lowRank.b().rows();
        }
    }

    /**
     * One dense change.
     *
     * @param from the first output that it changes; the others follow
     */
    public record DensePart(int from, Dense dense) {
        /** One past the last output that it changes. */
        int to() {
            return from + dense.added().rows();
        }
    }

    public OutputChanges {
        parts = List.copyOf(parts);
        dense = List.copyOf(dense);
        if (parts.isEmpty() && dense.isEmpty()) {
            throw new IllegalArgumentException("no change (must be one at least)");
        }
    }

    /** Low-rank changes alone. */
    public OutputChanges(List<Part> parts) {
        this(parts, List.of());
    }

    /** The change of a layer that stands alone. */
    public static OutputChanges of(LowRank lowRank, Dropout dropout) {
        return new OutputChanges(List.of(new Part(0, lowRank, dropout)));
    }

    /** The sum of all ranks. */
    int rank() {
        return parts.stream().mapToInt(part -> part.lowRank().rank()).sum();
    }

    /** Whether any low-rank part drops elements of its input; each then has an input of its own. */
    boolean drops() {
        return parts.stream().anyMatch(part -> part.dropout().active());
    }

    /** All factors a, rank() x inputs. */
    Tensor a() {
        return Tensor.spanning(parts.stream().map(part -> part.lowRank().a()).toList());
    }

    /** The gradients of all factors a. */
    Tensor aGradient() {
        return Tensor.spanning(
                parts.stream().map(part -> part.lowRank().aGradient()).toList());
    }
}
