package org.loradash.task.classification;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.config.DataSettings;
import org.loradash.config.Labels;
import org.loradash.data.LabelledTokens;
import org.loradash.data.tokenizer.TextTokenizer;
import org.loradash.task.Pieces;
import org.loradash.task.Viewer;

/**
 * Shows texts with labels.
 *
 * @param tokenizer nothing where records come as tokens, which do not say whose they are
 * @param labels the classes; nothing where a number is learnt
 */
record TextViewer(Optional<TextTokenizer> tokenizer, Optional<Labels> labels) implements Viewer<LabelledTokens> {
    static TextViewer open(Configuration hadoop, Path directory, DataSettings data, Optional<Labels> labels)
            throws IOException {
        return new TextViewer(
                data.format() == DataSettings.Format.TEXT
                        ? Optional.of(TextTokenizer.open(hadoop, directory, data.cutoff()))
                        : Optional.empty(),
                labels);
    }

    @Override
    public View of(LabelledTokens example) {
        int[] tokens = example.tokens();
        Function<int[], String> decode = tokenizer
                .<Function<int[], String>>map(known -> known::decodeAll)
                .orElse(ids -> Arrays.toString(ids));
        Number label = labels.isPresent() ? (Number) (int) example.label() : (Number) example.label();
        return new View(
                tokenizer.map(known -> known.decode(tokens)).orElse(""),
                tokens,
                Pieces.of(tokens, decode, i -> false),
                Optional.empty(),
                Optional.of(label),
                labels.map(all -> all.titles().get((int) example.label())));
    }

    @Override
    public void close() {
        tokenizer.ifPresent(TextTokenizer::close);
    }
}
