package org.loradash.task;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.loradash.autograd.Tape;
import org.loradash.config.Figure;
import org.loradash.data.Reading;
import org.loradash.data.RecordReader;
import org.loradash.figure.Prediction;
import org.loradash.kernel.Kernels;
import org.loradash.model.Backbone;
import org.loradash.model.Changes;

/**
 * What a step computes on, and its loss: all that training knows of what a model is trained for. Whatever is above this
 * package carries batches without knowing what they are. Travels to every process of a cluster.
 *
 * @param <E> an example: what becomes of a record before training
 * @param <B> a batch: what a step, or a slice of it, computes on
 */
public interface Task<E, B> extends Reading<E> {
    /** How its work is counted. */
    Units units();

    @Override
    default String content() {
        return units().size();
    }

    /**
     * What turns records whose labels nobody knows into examples; nothing where the task predicts nothing of records.
     *
     * @throws org.loradash.tsd.InvalidInput as {@link #reader}
     */
    default Optional<RecordReader<E>> unlabelledReader(Configuration hadoop) throws IOException {
        return Optional.empty();
    }

    /**
     * What tells people what an example says; nothing where that is not known.
     *
     * @throws org.loradash.tsd.InvalidInput as {@link #reader}
     */
    default Optional<Wording<E>> wording(Configuration hadoop) throws IOException {
        return Optional.empty();
    }

    /**
     * What shows people an example token by token; nothing where that is not known.
     *
     * @throws org.loradash.tsd.InvalidInput as {@link #reader}
     */
    default Optional<Viewer<E>> viewer(Configuration hadoop) throws IOException {
        return Optional.empty();
    }

    /** What PEFT calls this kind of task, as adapter_config.json has it; nothing where PEFT knows none. */
    default Optional<String> peftType() {
        return Optional.empty();
    }

    /** Tells how many examples there are, in a line. */
    String describe(Totals totals);

    /**
     * Refuses examples that are too large for the model.
     *
     * @param longest the size of the largest
     * @throws org.loradash.tsd.InvalidInput where there is one
     */
    default void checkLongest(int longest) {}

    /**
     * Bytes outside the heap that other models take, which are loaded for as long as something needs them.
     *
     * @param before training, when the model that is trained is not there
     * @param during training, beside it
     */
    record OtherModels(long before, long during) implements Serializable {}

    /** What other models take. */
    default OtherModels otherModels() {
        return new OtherModels(0, 0);
    }

    /** The examples together, in the order given. */
    B batch(List<E> examples);

    /**
     * The batch in parts that are computed one after the other in the same memory: a function of the batch and the slicing
     * alone.
     */
    List<B> slices(B batch, Slicing slicing);

    /** How much is computed on. */
    long size(B batch);

    /** Whether what examples have in common may be computed once for all of them. */
    default boolean shares() {
        return false;
    }

    /** How much goes through the model of what the batch computes on: less where examples have something in common. */
    default long computed(B batch, Slicing slicing) {
        return size(batch);
    }

    /** How much the batch's loss is a mean over, and the batch counts in an average; may be 0. */
    long weight(B batch);

    /**
     * Computes the loss of a slice and records on the tape what its backward needs.
     *
     * @param scale of the loss in the gradient, such as 1 / weight of the whole batch
     * @return the sum over the slice's weight, unscaled
     */
    double loss(Tape tape, Backbone model, B slice, Changes changes, float scale);

    /**
     * Computes what a slice comes to where nothing is trained on it.
     *
     * @param tape that keeps nothing for a gradient
     * @return its loss as {@link #loss} has it, and what is predicted of its examples, if anything is
     */
    default Measurement measure(Tape tape, Backbone model, B slice, Changes changes) {
        return new Measurement(loss(tape, model, slice, changes, 1f), List.of());
    }

    /**
     * Computes what a batch comes to where nothing is trained on it, slice by slice in the same memory.
     *
     * @return predictions in the order of the examples
     */
    default Measurement measure(Tape tape, Backbone model, B batch, Slicing slicing, Changes changes) {
        double loss = 0;
        List<Prediction> predictions = new ArrayList<>();
        for (B slice : slices(batch, slicing)) {
            tape.reset();
            Measurement measured = measure(tape, model, slice, changes);
            loss += measured.loss();
            predictions.addAll(measured.predictions());
        }
        predictions.sort(Comparator.comparingInt(Prediction::example));
        return new Measurement(loss, List.copyOf(predictions));
    }

    /** After how many rounds {@link #samples} are due; 0 where there are none. */
    default int samplesEvery() {
        return 0;
    }

    /**
     * What the model makes, to be looked at: as many files as ever, in the same order.
     *
     * @param kernels that compute it
     * @return PNG files
     * @throws org.loradash.tsd.InvalidInput where something that it takes is missing or unfit
     */
    default List<byte[]> samples(Kernels kernels, Backbone model, Changes changes, Configuration hadoop)
            throws IOException {
        return List.of();
    }

    /** What is told of its predictions beside the loss, in this order; empty where it predicts nothing. */
    default List<Figure> figures() {
        return List.of();
    }

    /** The names of the classes that it predicts; empty where it predicts values, or nothing. */
    default List<String> classNames() {
        return List.of();
    }

    /**
     * The largest slice that a batch can have, whatever the records, for shapes alone.
     *
     * @param examples of a batch
     */
    B largestSlice(int examples, Slicing slicing);

    /**
     * How many examples there are.
     *
     * @param size of all
     * @param weight of all
     * @param longest the size of the largest
     */
    record Totals(long examples, long size, long weight, int longest) implements Serializable {}

    /**
     * How a batch is cut.
     *
     * @param size about how much is computed at a time
     * @param packing whether a slice holds several examples, or one
     */
    record Slicing(int size, boolean packing) implements Serializable {}
}
