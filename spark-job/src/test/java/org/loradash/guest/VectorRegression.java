package org.loradash.guest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.config.TaskInputs;
import org.loradash.data.Codec;
import org.loradash.data.RecordFile;
import org.loradash.data.RecordReader;
import org.loradash.kernel.Tensor;
import org.loradash.model.Backbone;
import org.loradash.model.Changes;
import org.loradash.model.Shape;
import org.loradash.task.Task;
import org.loradash.task.TaskKind;
import org.loradash.task.Units;
import org.loradash.tsd.InvalidInput;

/** {@code task.kind = vector-regression}: a number of each vector, in lines of {@code {"x": [...], "y": number}}. */
public final class VectorRegression implements TaskKind {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Units UNITS = new Units("examples", "examples", "a batch has no example");

    @Override
    public String name() {
        return "vector-regression";
    }

    @Override
    public String meaning() {
        return "a number is learnt of each vector";
    }

    @Override
    public Units units() {
        return UNITS;
    }

    @Override
    public Task<?, ?> task(TaskInputs given, Shape model, Configuration hadoop) {
        if (model instanceof RegressorShape regressor) {
            return new OfVectors(regressor.inputs());
        }
        throw InvalidInput.of("model.path", "no regressor", "must be one for task.kind = " + name());
    }

    /** @param width of every vector */
    private record OfVectors(int width) implements Task<Point, Points> {
        @Override
        public Units units() {
            return UNITS;
        }

        @Override
        public Codec<Point> codec() {
            return Point.CODEC;
        }

        @Override
        public RecordReader<Point> reader(Configuration hadoop) {
            return this::read;
        }

        private void read(RecordFile file, RecordReader.Sink<Point> sink) throws IOException {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(file.open(), StandardCharsets.UTF_8))) {
                read(lines, file.name(), sink);
            }
        }

        private void read(BufferedReader lines, String file, RecordReader.Sink<Point> sink) throws IOException {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                JsonNode record = JSON.readTree(line);
                float[] x = new float[width];
                if (record.path("x").size() != width) {
                    throw InvalidInput.of(
                            file + ":" + number + ": x",
                            record.path("x").size() + " numbers",
                            "must be " + width + ", as the model has inputs");
                }
                for (int i = 0; i < width; i++) {
                    x[i] = record.path("x").path(i).floatValue();
                }
                sink.accept(new Point(x, record.path("y").floatValue()));
            }
        }

        @Override
        public String describe(Totals totals) {
            return totals.examples() + " points";
        }

        @Override
        public Points batch(List<Point> examples) {
            return new Points(examples);
        }

        @Override
        public List<Points> slices(Points batch, Slicing slicing) {
            int size = slicing.packing() ? slicing.size() : 1;
            List<Points> slices = new ArrayList<>();
            for (int from = 0; from < batch.points().size(); from += size) {
                slices.add(new Points(
                        batch.points().subList(from, Math.min(batch.points().size(), from + size))));
            }
            return slices;
        }

        @Override
        public long size(Points batch) {
            return batch.points().size();
        }

        @Override
        public long weight(Points batch) {
            return batch.points().size();
        }

        @Override
        public double loss(Tape tape, Backbone model, Points slice, Changes changes, float scale) {
            Tensor inputs = tape.arena().take(slice.points().size(), slice.width());
            tape.kernels().run(new Fill(slice.inputs(), inputs));
            Variable predictions = ((Regressor) model).predict(tape, inputs, changes);
            return tape.kernels()
                    .run(new SquaredError(predictions.value(), slice.targets(), scale, tape.newGradient(predictions)));
        }

        @Override
        public Points largestSlice(int examples, Slicing slicing) {
            int points = slicing.packing() ? Math.min(examples, slicing.size()) : 1;
            return new Points(Collections.nCopies(points, new Point(new float[width], 0)));
        }
    }
}
