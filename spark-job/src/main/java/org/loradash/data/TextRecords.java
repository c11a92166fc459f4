package org.loradash.data;

import java.io.IOException;
import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.config.DataSettings;
import org.loradash.config.Labels;
import org.loradash.data.tokenizer.TextTokenizer;
import org.loradash.tsd.InvalidInput;

/** From records of {@code data.format} to labelled tokens. */
public final class TextRecords {
    private TextRecords() {}

    /**
     * What a model takes.
     *
     * @param vocabularySize tokens are below it
     * @param types token types are below it
     * @param positions the most tokens of a text
     */
    public record Limits(int vocabularySize, int types, int positions) implements Serializable {}

    /** What makes tokens of texts whose labels nobody knows: 0 is in their place. */
    public static RecordReader<LabelledTokens> unlabelled(
            Configuration configuration, DataSettings data, Path modelDirectory, Limits limits) throws IOException {
        return new LabelledTexts(
                data.table(),
                TextTokenizer.open(configuration, modelDirectory, data.cutoff()),
                limits,
                Optional.empty());
    }

    /**
     * What makes labelled tokens of the records of files in {@code data.format}. The same file and settings give the same
     * ones.
     *
     * @param labels the classes; nothing where a number is learnt
     */
    public static RecordReader<LabelledTokens> reader(
            Configuration configuration, DataSettings data, Path modelDirectory, Limits limits, Optional<Labels> labels)
            throws IOException {
        return switch (data.format()) {
            case TOKENS -> {
                LabelledTokensRecord record = new LabelledTokensRecord(limits, labels.map(Labels::count));
                yield (file, sink) ->
                        JsonRecords.forEach(file, (parser, position) -> sink.accept(record.read(parser, position)));
            }
            case TEXT -> new LabelledTexts(
                    data.table(),
                    TextTokenizer.open(configuration, modelDirectory, data.cutoff()),
                    limits,
                    Optional.of(new Label(labels)));
            case INSTRUCTION, CHAT, LATENTS, IMAGES -> throw InvalidInput.of(
                    "data.format",
                    data.format().name().toLowerCase(Locale.ROOT),
                    "must be text or tokens for texts that have labels");
        };
    }
}
