package org.loradash.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.loradash.config.ModelSettings.Storage;

/** A model without its weights, as its config says it is. */
public interface Shape {
    /** What its config calls it, such as LlamaForCausalLM. */
    String architecture();

    /** Every linear layer that can be adapted, in the model's order. */
    List<Target> targets();

    /** Names of the targets that are adapted where none are named, as {@link TargetNames} has them. */
    default List<String> usualTargets() {
        return List.of(TargetNames.ALL);
    }

    /** Every linear layer that an adapter can change where it is applied: the targets, and others such as an output layer. */
    default List<Target> linears() {
        return targets();
    }

    /** Every module that can be trained whole, in the model's order; none of them holds a target. */
    List<WholeModule> modules();

    /**
     * The same model with a head as given tensors have it, where its config leaves that open.
     *
     * @param whole shapes of an adapter's tensors that were trained whole, by name
     */
    default Shape like(Map<String, long[]> whole) {
        return this;
    }

    /**
     * The model's config.json, with what it says otherwise for this shape, such as the names of a head's outputs.
     *
     * @param original as the model directory has it
     */
    default ObjectNode described(ObjectNode original) {
        return original;
    }

    /** What an adapter has beside PEFT's files; nothing where all software loads those. */
    default Optional<AdapterFile> adapterFile() {
        return Optional.empty();
    }

    /**
     * Refuses files whose tensors are missing or have other shapes than the config says; reads no weights.
     *
     * @throws org.loradash.tsd.InvalidInput for the first one
     */
    void check(WeightFiles files);

    /**
     * The same model as its files have it, where they say more of it than its config.
     *
     * @param files that were checked
     */
    default Shape asIn(WeightFiles files) {
        return this;
    }

    /** Reads all weights. */
    Backbone load(WeightFiles files);

    /** The model with no memory behind its weights, to run on {@link org.loradash.kernel.Kernels#dry}. */
    Backbone withoutMemory(Storage storage);

    /** Tensors that the model needs and begins at random, for its files do not have them. */
    default List<WholeTensor> missing(WeightFiles files) {
        return List.of();
    }

    /**
     * What a tensor of a module that is trained whole begins as: the pre-trained one, unless a model has none and begins it
     * at random.
     *
     * @return its elements, row by row
     */
    default float[] start(WholeTensor tensor, WeightFiles files, RandomGenerator random) {
        return files.floats(source(tensor.name()), tensor.shape());
    }

    /** The tensor of the files that a tensor stands in: itself, or another one that the model has in its place, such as a tied embedding. */
    default String source(String tensor) {
        return tensor;
    }
}
