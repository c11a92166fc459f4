package org.loradash.spark.evaluation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.data.Codec;
import org.loradash.data.Reading;
import org.loradash.data.RecordFile;
import org.loradash.data.RecordReader;
import org.loradash.figure.Prediction;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.task.Task;
import org.loradash.tsd.Failure;

/**
 * Predicts classes or numbers of rows.
 *
 * @param batchSize rows that are computed together at most
 */
record LabelPredicting<E, B>(Task<E, B> task, int batchSize) implements Predicting {
    private static final String CLASS = "predicted_class";
    private static final String SCORE = "predicted_score";
    private static final String PROBABILITIES = "predicted_probabilities";
    private static final String VALUE = "predicted_value";

    static final int PER_QUESTION = 8;

    /** Rows lie end to end, and a batch of long ones takes no more memory than some of them do. */
    private static final Task.Slicing SLICING = new Task.Slicing(4096, true);

    @Override
    public StructType columns() {
        return task.classNames().isEmpty()
                ? new StructType().add(VALUE, DataTypes.DoubleType)
                : new StructType()
                        .add(CLASS, DataTypes.StringType)
                        .add(SCORE, DataTypes.DoubleType)
                        .add(PROBABILITIES, DataTypes.createArrayType(DataTypes.DoubleType));
    }

    @Override
    public int perQuestion() {
        return PER_QUESTION;
    }

    @Override
    public Reading<E> reading() {
        return new Unlabelled<>(task);
    }

    private record Unlabelled<E>(Task<E, ?> task) implements Reading<E> {
        @Override
        public Codec<E> codec() {
            return task.codec();
        }

        @Override
        public RecordReader<E> reader(Configuration hadoop) throws IOException {
            return task.unlabelledReader(hadoop).orElseThrow();
        }
    }

    @Override
    public ExaminerFactory.Shared<RowPredictor> open(EvaluatedModel model, Configuration hadoop) {
        EvaluatedModel.Loaded loaded = model.load();
        return () -> {
            try {
                return new Predictor<>(
                        this,
                        reading().reader(hadoop),
                        loaded,
                        KernelProvider.best().open(model.threads()));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        };
    }

    private static final class Predictor<E, B> implements RowPredictor {
        private final LabelPredicting<E, B> of;
        private final RecordReader<E> reader;
        private final EvaluatedModel.Loaded model;
        private final Kernels kernels;
        private final Tape tape;

        Predictor(LabelPredicting<E, B> of, RecordReader<E> reader, EvaluatedModel.Loaded model, Kernels kernels) {
            this.of = of;
            this.reader = reader;
            this.model = model;
            this.kernels = kernels;
            this.tape = Tape.forward(kernels, new Arena());
        }

        @Override
        public List<Map<String, Object>> predict(RecordFile rows, int first) throws IOException {
            List<E> examples = new ArrayList<>();
            reader.read(rows, examples::add);
            List<Map<String, Object>> said = new ArrayList<>();
            for (int from = 0; from < examples.size(); from += of.batchSize) {
                List<E> together = examples.subList(from, Math.min(examples.size(), from + of.batchSize));
                of.task
                        .measure(tape, model.backbone(), of.task.batch(together), SLICING, model.changes())
                        .predictions()
                        .forEach(prediction -> said.add(said(prediction, first + said.size())));
            }
            return said;
        }

        private Map<String, Object> said(Prediction prediction, int row) {
            for (float output : prediction.outputs()) {
                if (!Float.isFinite(output)) {
                    throw new Failure(
                            "row %d: the model says %s (must be finite; weights, their storage or the adapter make numbers that are not)"
                                    .formatted(row, output));
                }
            }
            Map<String, Object> said = new LinkedHashMap<>();
            if (!prediction.isOfClass()) {
                said.put(VALUE, (double) prediction.predicted());
                return said;
            }
            int predicted = (int) prediction.predicted();
            double[] probabilities = prediction.probabilities();
            said.put(CLASS, of.task.classNames().get(predicted));
            said.put(SCORE, probabilities[predicted]);
            said.put(PROBABILITIES, Arrays.stream(probabilities).boxed().toList());
            return said;
        }

        @Override
        public void close() {
            kernels.close();
            tape.arena().free();
            try {
                reader.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
