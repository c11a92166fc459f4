package org.loradash.spark.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.evaluate.Examiner;
import org.loradash.evaluate.Part;
import org.loradash.figure.Judged;
import org.loradash.figure.Prediction;
import org.loradash.kernel.Kernels;
import org.loradash.spark.source.StoredRecords;
import org.loradash.task.Task;
import org.loradash.task.Wording;
import org.loradash.tsd.Failure;

/** Predicts the labels of records, some together. */
final class TextExaminer<E, B> implements Examiner {
    /** All records of a batch lie end to end. */
    private static final Task.Slicing WHOLE = new Task.Slicing(Integer.MAX_VALUE, true);

    private final Task<E, B> task;
    private final EvaluatedModel.Loaded model;
    private final StoredRecords records;
    private final List<String> titles;
    private final Function<long[], List<E>> examples;
    private final Optional<Wording<E>> wording;
    private final int batchSize;
    private final Kernels kernels;
    private final Tape tape;

    /**
     * @param examples of numbers of records
     * @param wording of examples; whoever gives it closes it
     */
    TextExaminer(
            Task<E, B> task,
            EvaluatedModel.Loaded model,
            StoredRecords records,
            List<String> titles,
            Function<long[], List<E>> examples,
            Optional<Wording<E>> wording,
            int batchSize,
            Kernels kernels) {
        this.task = task;
        this.model = model;
        this.records = records;
        this.titles = titles;
        this.examples = examples;
        this.wording = wording;
        this.batchSize = batchSize;
        this.kernels = kernels;
        this.tape = Tape.forward(kernels, new Arena());
    }

    @Override
    public List<Examined> examine(Part part) {
        int set = titles.indexOf(part.set());
        long first = records.first(set) + part.first();
        List<Examined> examined = new ArrayList<>();
        for (int from = 0; from < part.count(); from += batchSize) {
            int to = Math.min(part.count(), from + batchSize);
            List<E> together =
                    examples.apply(LongStream.range(first + from, first + to).toArray());
            for (Prediction prediction : task.measure(
                            tape, model.backbone(), task.batch(together), WHOLE, model.changes())
                    .predictions()) {
                int index = part.first() + examined.size();
                checkFinite(prediction, index);
                Judged judged = new Judged(
                        part.set(),
                        records.inputs().get(set).name(),
                        index,
                        wording.map(known -> known.of(together.get(prediction.example()))),
                        prediction,
                        task.classNames());
                examined.add(new Examined(judged.line(), prediction.isCorrect()));
            }
        }
        return examined;
    }

    private static void checkFinite(Prediction prediction, int index) {
        for (float output : prediction.outputs()) {
            if (!Float.isFinite(output)) {
                throw new Failure(
                        "record %d: the model says %s (must be finite; weights, their storage or the adapter make numbers that are not)"
                                .formatted(index, output));
            }
        }
    }

    @Override
    public void close() {
        kernels.close();
        tape.arena().free();
    }
}
