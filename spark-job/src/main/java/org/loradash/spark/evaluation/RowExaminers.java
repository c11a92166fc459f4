package org.loradash.spark.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.loradash.data.RecordFile;
import org.loradash.data.RowRecords;
import org.loradash.evaluate.Examiner;
import org.loradash.evaluate.Part;
import org.loradash.spark.source.RecordStores;

/**
 * Makes what predicts rows: each becomes a line of JSON, with what the model says behind what it had.
 *
 * @param rows where the rows are kept
 */
record RowExaminers(EvaluatedModel model, Predicting predicting, String rows) implements ExaminerFactory<Examiner> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public Shared<Examiner> open() throws IOException {
        return new Opened(this, predicting.open(model, model.configuration()));
    }

    private record Opened(RowExaminers of, Shared<RowPredictor> predictors) implements Shared<Examiner> {
        @Override
        public Examiner create() {
            return new RowExaminer(of, predictors.create());
        }

        @Override
        public void close() {
            predictors.close();
        }
    }

    private record RowExaminer(RowExaminers of, RowPredictor predictor) implements Examiner {
        @Override
        public List<Examined> examine(Part part) {
            long[] numbers = LongStream.range(part.first(), (long) part.first() + part.count())
                    .toArray();
            List<String> rows = RecordStores.read(of.rows, numbers, RowRecords.CODEC, of.model.configuration());
            byte[] lines = String.join("\n", rows).getBytes(StandardCharsets.UTF_8);
            RecordFile file = RecordFile.rows(
                    of.model.configuration(), "rows from " + part.first(), "--input", new ByteArrayInputStream(lines));
            try {
                List<Map<String, Object>> said = predictor.predict(file, part.first());
                List<Examined> examined = new ArrayList<>();
                for (int i = 0; i < rows.size(); i++) {
                    examined.add(new Examined(line(rows.get(i), said.get(i)), false));
                }
                return examined;
            } catch (IOException e) {
                throw new UncheckedIOException(of.rows, e);
            }
        }

        /** An object with fields behind its own, which stay as they are spelt. */
        private static String line(String row, Map<String, Object> more) {
            try {
                String fields = JSON.writeValueAsString(more);
                String comma = row.length() > 2 ? "," : "";
                return row.substring(0, row.length() - 1) + comma + fields.substring(1) + "\n";
            } catch (JsonProcessingException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        @Override
        public void close() {
            predictor.close();
        }
    }
}
