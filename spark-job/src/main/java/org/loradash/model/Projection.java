package org.loradash.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.loradash.autograd.Linear;
import org.loradash.autograd.LinearInput;
import org.loradash.autograd.OutputChanges;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;

/**
 * A frozen linear layer, or several that share their input: one product computes them all, with the changes of each.
 *
 * @param targets whose weights lie one above the other, in this order
 * @param weight all outputs x inputs
 * @param bias 1 x all outputs, where the layers have one
 */
public record Projection(List<Target> targets, Weight weight, Optional<Tensor> bias) {

    public Projection {
        targets = List.copyOf(targets);
    }

    /** Layers without a bias. */
    public Projection(List<Target> targets, Weight weight) {
        this(targets, weight, Optional.empty());
    }

    /** Reads the weights of targets that share their input and have no bias. */
    public static Projection read(WeightFiles files, List<Target> targets) {
        List<String> names = targets.stream().map(Target::weightName).toList();
        return new Projection(
                targets, files.stacked(names, outputs(targets), targets.get(0).inputs()));
    }

    /** The shapes of layers that have no bias, with no memory behind them. */
    public static Projection withoutMemory(List<Target> targets, Storage storage) {
        return new Projection(
                targets, Weight.withoutMemory(outputs(targets), targets.get(0).inputs(), storage));
    }

    private static List<Integer> outputs(List<Target> targets) {
        return targets.stream().map(Target::outputs).toList();
    }

    /** The first of the layers on the same memory. */
    public Projection first(int count) {
        List<Target> some = targets.subList(0, count);
        int outputs = some.stream().mapToInt(Target::outputs).sum();
        return new Projection(some, weight.firstRows(outputs), bias.map(row -> row.columns(0, outputs)));
    }

    /** The memory of weights and biases. */
    public long bytes() {
        return weight.bytes() + bias.map(row -> row.size() * Float.BYTES).orElse(0L);
    }

    /**
     * Computes all of them.
     *
     * @param x T x inputs
     * @return T x all outputs
     */
    public Variable apply(Tape tape, LinearInput x, Changes changes) {
        return Linear.apply(tape, x, weight, bias, changes(changes));
    }

    /**
     * Computes all of them, which have no bias, where it is known what they make of the input without changes.
     *
     * @param product T x all outputs; unused where a change is dense
     */
    public Variable applyTo(Tape tape, LinearInput x, Tensor product, Changes changes) {
        Optional<OutputChanges> change = changes(changes);
        return change.filter(given -> !given.dense().isEmpty()).isPresent()
                ? Linear.apply(tape, x, weight, change)
                : Linear.applyTo(tape, x, weight, product, change);
    }

    private Optional<OutputChanges> changes(Changes changes) {
        List<OutputChanges.Part> parts = new ArrayList<>();
        List<OutputChanges.DensePart> dense = new ArrayList<>();
        int output = 0;
        for (Target target : targets) {
            int from = output;
            changes.of(target.name())
                    .ifPresent(
                            change -> parts.add(new OutputChanges.Part(from, change, changes.dropout(target.name()))));
            changes.dense(target.name()).ifPresent(change -> dense.add(new OutputChanges.DensePart(from, change)));
            output += target.outputs();
        }
        return parts.isEmpty() && dense.isEmpty() ? Optional.empty() : Optional.of(new OutputChanges(parts, dense));
    }
}
