package org.loradash.model.diffusion;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.loradash.autograd.Linear;
import org.loradash.autograd.LinearInput;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.kernel.Tensor;
import org.loradash.model.Changes;
import org.loradash.model.Projection;
import org.loradash.model.diffusion.PromptEncoder.Prompt;

/**
 * A layer of a prompt's states, with what it makes of {@link KnownPrompts}.
 *
 * @param products of the frozen weights, each null until it is needed
 */
record PromptProjection(Projection projection, AtomicReferenceArray<Tensor> products) {
    PromptProjection(Projection projection) {
        this(projection, new AtomicReferenceArray<>(KnownPrompts.MOST));
    }

    /**
     * A prompt as layers hear it.
     *
     * @param states L x the width of a token's states
     * @param number of the prompt, as {@link KnownPrompts} has it
     */
    record Heard(Tensor states, int number) {}

    /** What all products take: they come beside the weights. */
    long bytes() {
        return (long) KnownPrompts.MOST * Prompt.TOKENS * projection.weight().rows() * Float.BYTES;
    }

    Variable apply(Tape tape, Heard prompt, Changes changes) {
        LinearInput states = LinearInput.of(tape.constant(prompt.states()));
        return prompt.number() == KnownPrompts.UNKNOWN
                ? projection.apply(tape, states, changes)
                : projection.applyTo(tape, states, product(tape, prompt), changes);
    }

    /** Two tasks that need it at once make equal ones. */
    private Tensor product(Tape tape, Heard prompt) {
        Tensor known = products.get(prompt.number());
        if (known == null) {
            known = Tensor.uninitialised(
                    prompt.states().rows(), projection.weight().rows());
            Linear.product(tape, prompt.states(), projection.weight(), known);
            products.set(prompt.number(), known);
        }
        return known;
    }
}
