package org.loradash.model.diffusion;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.model.Projection;
import org.loradash.model.Target;

/**
 * Weights without memory.
 *
 * @param told of each tensor that there must be, with its shape
 * @param targets that have been asked for, in this order: each block of layers that has an attention counts as one more
 */
record ShapesAlone(Storage storage, BiConsumer<String, int[]> told, List<Target> targets) implements PartWeights {
    private static final Pattern BLOCK =
            Pattern.compile(".*\\.(?:transformer_blocks|resnets|attentions)\\.\\d+(?=\\.)");

    ShapesAlone(Storage storage, BiConsumer<String, int[]> told) {
        this(storage, told, new ArrayList<>());
    }

    @Override
    public Tensor vector(String name, int size) {
        told.accept(name, new int[] {size});
        return Tensor.withoutMemory(1, size);
    }

    @Override
    public Tensor convolution(String name, int outputs, int inputs, int side) {
        told.accept(name, new int[] {outputs, inputs, side, side});
        return Tensor.withoutMemory(outputs, Math.multiplyExact(side * side, inputs));
    }

    @Override
    public Projection linears(List<String> names, int outputs, int inputs, Bias bias) {
        List<Target> some = new ArrayList<>();
        for (String name : names) {
            Target target = new Target(name, layer(name), outputs, inputs);
            told.accept(target.weightName(), new int[] {outputs, inputs});
            if (bias == Bias.ONE) {
                told.accept(target.biasName(), new int[] {outputs});
            }
            some.add(target);
            targets.add(target);
        }
        Weight weight = Projection.withoutMemory(some, storage).weight();
        return new Projection(
                some,
                weight,
                bias == Bias.NONE
                        ? Optional.empty()
                        : Optional.of(Tensor.withoutMemory(1, Math.multiplyExact(names.size(), outputs))));
    }

    /** The number of the block, in the order in which blocks are asked for. */
    private int layer(String name) {
        if (targets.isEmpty()) {
            return 0;
        }
        Target last = targets.get(targets.size() - 1);
        return last.layer() + (block(last.name()).equals(block(name)) ? 0 : 1);
    }

    private static String block(String name) {
        Matcher matcher = BLOCK.matcher(name);
        return matcher.find() ? matcher.group() : "";
    }
}
