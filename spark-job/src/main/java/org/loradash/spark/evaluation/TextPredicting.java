package org.loradash.spark.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.loradash.config.DataSettings;
import org.loradash.config.EvaluationSettings;
import org.loradash.data.Codec;
import org.loradash.data.PromptRecords;
import org.loradash.data.Reading;
import org.loradash.data.RecordFile;
import org.loradash.data.RecordReader;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.evaluate.Answerer;
import org.loradash.evaluate.Asking;
import org.loradash.kernel.KernelProvider;
import org.loradash.model.ModelDirectory;
import org.loradash.model.decoder.Decoder;
import org.loradash.model.decoder.DecoderShape;
import org.loradash.tsd.io.ModelPath;

/**
 * Has a decoder answer rows in words.
 *
 * @param data how it was trained, and is asked
 * @param settings how it answers
 * @param model a directory with a tokenizer
 * @param vocabularySize the model's
 * @param positions the most tokens that the model takes
 */
record TextPredicting(DataSettings data, EvaluationSettings settings, String model, int vocabularySize, int positions)
        implements Predicting {
    private static final String TEXT = "predicted_text";

    @Override
    public StructType columns() {
        return new StructType().add(TEXT, DataTypes.StringType);
    }

    @Override
    public int perQuestion() {
        return 1;
    }

    @Override
    public Reading<int[]> reading() {
        return new Prompts(data, model, vocabularySize, positions - settings.maxTokens());
    }

    private record Prompts(DataSettings data, String model, int vocabularySize, int longest) implements Reading<int[]> {
        /** Prompts are made of the rows again where they are asked. */
        @Override
        public Codec<int[]> codec() {
            throw new UnsupportedOperationException("prompts are not kept");
        }

        @Override
        public RecordReader<int[]> reader(Configuration hadoop) throws IOException {
            return PromptRecords.open(hadoop, data, ModelPath.of("model.path", model, hadoop), vocabularySize, longest);
        }
    }

    @Override
    public ExaminerFactory.Shared<RowPredictor> open(EvaluatedModel evaluated, Configuration hadoop)
            throws IOException {
        try (ModelDirectory directory = ModelDirectory.open(hadoop, model)) {
            Set<Integer> ends = directory.endTokens(DecoderShape.of(directory).vocabularySize());
            Tokenizer tokenizer = new Asking(data).tokenizer(hadoop, directory.path());
            EvaluatedModel.Loaded loaded = evaluated.load();
            return new ExaminerFactory.Shared<>() {
                @Override
                public RowPredictor create() {
                    return new Predictor(
                            prompts(hadoop),
                            new Answerer(
                                    (Decoder) loaded.backbone(),
                                    loaded.changes(),
                                    tokenizer,
                                    ends,
                                    settings,
                                    KernelProvider.best(),
                                    evaluated.threads()),
                            settings.batchSize());
                }

                @Override
                public void close() {
                    tokenizer.close();
                }
            };
        }
    }

    private RecordReader<int[]> prompts(Configuration hadoop) {
        try {
            return reading().reader(hadoop);
        } catch (IOException e) {
            throw new UncheckedIOException(model, e);
        }
    }

    private record Predictor(RecordReader<int[]> reader, Answerer answerer, int batchSize) implements RowPredictor {
        @Override
        public List<Map<String, Object>> predict(RecordFile rows, int first) throws IOException {
            List<int[]> prompts = new ArrayList<>();
            reader.read(rows, prompts::add);
            List<Map<String, Object>> said = new ArrayList<>();
            for (int from = 0; from < prompts.size(); from += batchSize) {
                List<int[]> together = prompts.subList(from, Math.min(prompts.size(), from + batchSize));
                answerer.texts(together, first + from).forEach(text -> said.add(Map.of(TEXT, text)));
            }
            return said;
        }

        @Override
        public void close() {
            answerer.close();
            try {
                reader.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
