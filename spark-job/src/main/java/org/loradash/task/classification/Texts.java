package org.loradash.task.classification;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.loradash.autograd.Loss;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.config.DataSettings;
import org.loradash.config.Figure;
import org.loradash.config.Labels;
import org.loradash.config.TaskInputs;
import org.loradash.data.Codec;
import org.loradash.data.LabelledTokens;
import org.loradash.data.RecordReader;
import org.loradash.data.TextRecords;
import org.loradash.data.tokenizer.TextTokenizer;
import org.loradash.figure.Estimate;
import org.loradash.figure.Prediction;
import org.loradash.model.Backbone;
import org.loradash.model.Changes;
import org.loradash.model.encoder.Encoder;
import org.loradash.model.encoder.EncoderConfig;
import org.loradash.model.encoder.EncoderShape;
import org.loradash.task.Measurement;
import org.loradash.task.Packing;
import org.loradash.task.Task;
import org.loradash.task.Units;
import org.loradash.task.Viewer;
import org.loradash.task.Wording;
import org.loradash.tsd.Counted;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.ModelPath;

/**
 * A class of each text by cross-entropy over the classes, or a number of each by squared error.
 *
 * @param model a directory with a tokenizer
 * @param limits what tokens the model takes
 * @param classes what they are, or null where a number is learnt
 * @param dropout before the last layer of the head
 */
public record Texts(DataSettings data, String model, TextRecords.Limits limits, Labels classes, double dropout)
        implements Task<LabelledTokens, TextBatch> {
    static final Units UNITS = new Units("tokens", "examples", "a batch has no text");

    /** @param model as its kind of task has it */
    static Texts of(TaskInputs given, EncoderShape model, Optional<Labels> labels) {
        EncoderConfig config = model.config();
        return new Texts(
                given.data(),
                given.model().path(),
                new TextRecords.Limits(config.vocabularySize(), Math.max(1, config.types()), config.longest()),
                labels.orElse(null),
                given.task().dropout());
    }

    /** The classes; nothing where a number is learnt. */
    Optional<Labels> labels() {
        return Optional.ofNullable(classes);
    }

    @Override
    public Units units() {
        return UNITS;
    }

    @Override
    public Codec<LabelledTokens> codec() {
        return LabelledTokens.CODEC;
    }

    @Override
    public RecordReader<LabelledTokens> reader(Configuration hadoop) throws IOException {
        return TextRecords.reader(hadoop, data, ModelPath.of("model.path", model, hadoop), limits, labels());
    }

    @Override
    public Optional<RecordReader<LabelledTokens>> unlabelledReader(Configuration hadoop) throws IOException {
        return Optional.of(TextRecords.unlabelled(hadoop, data, ModelPath.of("model.path", model, hadoop), limits));
    }

    /** The texts as the model sees them. Records that come as tokens do not say whose tokens they are. */
    @Override
    public Optional<Wording<LabelledTokens>> wording(Configuration hadoop) throws IOException {
        return data.format() == DataSettings.Format.TEXT
                ? Optional.of(new Decoded(
                        TextTokenizer.open(hadoop, ModelPath.of("model.path", model, hadoop), data.cutoff())))
                : Optional.empty();
    }

    @Override
    public Optional<Viewer<LabelledTokens>> viewer(Configuration hadoop) throws IOException {
        return Optional.of(TextViewer.open(hadoop, ModelPath.of("model.path", model, hadoop), data, labels()));
    }

    private record Decoded(TextTokenizer tokenizer) implements Wording<LabelledTokens> {
        @Override
        public String of(LabelledTokens example) {
            return tokenizer.decode(example.tokens());
        }

        @Override
        public void close() {
            tokenizer.close();
        }
    }

    @Override
    public Optional<String> peftType() {
        return Optional.of("SEQ_CLS");
    }

    @Override
    public String describe(Totals totals) {
        return "%s, %s, the longest record has %d"
                .formatted(
                        Counted.of(totals.examples(), "record"), Counted.of(totals.size(), "token"), totals.longest());
    }

    @Override
    public void checkLongest(int longest) {
        if (longest > limits.positions()) {
            throw InvalidInput.of(
                    "data.cutoff",
                    data.cutoff(),
                    "a record has %d tokens; the model takes at most %d".formatted(longest, limits.positions()));
        }
    }

    @Override
    public TextBatch batch(List<LabelledTokens> examples) {
        return TextBatch.of(examples);
    }

    @Override
    public List<TextBatch> slices(TextBatch batch, Slicing slicing) {
        if (!slicing.packing()) {
            return IntStream.range(0, batch.texts())
                    .mapToObj(text -> batch.only(new int[] {text}))
                    .toList();
        }
        return Packing.slices(batch.lengths(), slicing.size()).stream()
                .map(range ->
                        batch.only(IntStream.range(range.from(), range.to()).toArray()))
                .toList();
    }

    @Override
    public long size(TextBatch batch) {
        return batch.tokens().length;
    }

    @Override
    public long weight(TextBatch batch) {
        return batch.texts();
    }

    @Override
    public double loss(Tape tape, Backbone model, TextBatch slice, Changes changes, float scale) {
        return loss(tape, outputs(tape, model, slice, changes), slice, scale);
    }

    @Override
    public Measurement measure(Tape tape, Backbone model, TextBatch slice, Changes changes) {
        Variable outputs = outputs(tape, model, slice, changes);
        float[] all = outputs.value().toArray();
        int width = outputs.value().columns();
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < slice.texts(); i++) {
            predictions.add(new Prediction(
                    slice.examples()[i], slice.labels()[i], Arrays.copyOfRange(all, i * width, (i + 1) * width)));
        }
        return new Measurement(loss(tape, outputs, slice, 1f), predictions);
    }

    @Override
    public List<Figure> figures() {
        return Estimate.figures(labels().map(Labels::count).orElse(1));
    }

    @Override
    public List<String> classNames() {
        return labels().map(Labels::titles).orElse(List.of());
    }

    private double loss(Tape tape, Variable outputs, TextBatch slice, float scale) {
        return labels().isPresent()
                ? Loss.crossEntropy(tape, outputs, classes(slice.labels()), scale)
                : Loss.squaredError(tape, outputs, slice.labels(), scale);
    }

    /** Texts x classes, or texts x 1. */
    private Variable outputs(Tape tape, Backbone model, TextBatch slice, Changes changes) {
        return ((Encoder) model).outputs(tape, slice.tokens(), slice.types(), slice.starts(), changes, dropout);
    }

    private static int[] classes(float[] labels) {
        int[] classes = new int[labels.length];
        for (int i = 0; i < labels.length; i++) {
            classes[i] = (int) labels[i];
        }
        return classes;
    }

    @Override
    public TextBatch largestSlice(int examples, Slicing slicing) {
        int longest = Math.min(data.cutoff(), limits.positions());
        int tokens = slicing.packing() ? Packing.largestSlice(examples, longest, slicing.size()) : longest;
        int[] starts = Packing.starts(tokens, longest);
        int texts = starts.length - 1;
        return new TextBatch(
                new int[tokens],
                new byte[tokens],
                starts,
                new float[texts],
                IntStream.range(0, texts).toArray());
    }
}
