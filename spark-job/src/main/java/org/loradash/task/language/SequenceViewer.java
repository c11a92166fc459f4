package org.loradash.task.language;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.config.DataSettings;
import org.loradash.data.Sequence;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.task.Pieces;
import org.loradash.task.Viewer;
import org.loradash.tsd.InvalidInput;

/** Shows texts that are continued. @param tokenizer nothing where records come as tokens and there is none */
record SequenceViewer(Optional<Tokenizer> tokenizer) implements Viewer<Sequence> {
    static SequenceViewer open(Configuration hadoop, Path directory, DataSettings.Format format) throws IOException {
        try {
            return new SequenceViewer(Optional.of(Tokenizer.open(hadoop, directory)));
        } catch (InvalidInput none) {
            if (format == DataSettings.Format.TOKENS) {
                return new SequenceViewer(Optional.empty());
            }
            throw none;
        }
    }

    @Override
    public View of(Sequence example) {
        int[] tokens = example.tokens();
        int[] labels = example.labels();
        Function<int[], String> decode = tokenizer
                .<Function<int[], String>>map(known -> known::decodeAll)
                .orElse(ids -> Arrays.toString(ids));
        return new View(
                tokenizer.map(known -> known.decodeAll(tokens)).orElse(""),
                tokens,
                Pieces.of(tokens, decode, i -> labels[i] != Sequence.NO_LABEL),
                Optional.of(labels),
                Optional.empty(),
                Optional.empty());
    }

    @Override
    public void close() {
        tokenizer.ifPresent(Tokenizer::close);
    }
}
