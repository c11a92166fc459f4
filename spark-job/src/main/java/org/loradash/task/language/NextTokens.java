package org.loradash.task.language;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.loradash.autograd.Tape;
import org.loradash.config.DataSettings;
import org.loradash.data.Codec;
import org.loradash.data.RecordReader;
import org.loradash.data.Sequence;
import org.loradash.data.Tokenisation;
import org.loradash.model.Backbone;
import org.loradash.model.Changes;
import org.loradash.model.decoder.Decoder;
import org.loradash.task.Packing;
import org.loradash.task.Task;
import org.loradash.task.Units;
import org.loradash.task.Viewer;
import org.loradash.tsd.Counted;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.ModelPath;

/**
 * Cross-entropy of each labelled token, predicted from those before it.
 *
 * @param model a directory with a tokenizer
 * @param vocabularySize of the model
 * @param maximumPositions the longest text that the model was made for, in tokens
 */
public record NextTokens(DataSettings data, String model, int vocabularySize, int maximumPositions)
        implements Task<Sequence, TokenBatch> {
    @Override
    public Units units() {
        return Language.UNITS;
    }

    @Override
    public Codec<Sequence> codec() {
        return Sequence.CODEC;
    }

    @Override
    public RecordReader<Sequence> reader(Configuration hadoop) throws IOException {
        return Tokenisation.reader(hadoop, data, ModelPath.of("model.path", model, hadoop), vocabularySize);
    }

    @Override
    public Optional<Viewer<Sequence>> viewer(Configuration hadoop) throws IOException {
        return Optional.of(SequenceViewer.open(hadoop, ModelPath.of("model.path", model, hadoop), data.format()));
    }

    @Override
    public Optional<String> peftType() {
        return Optional.of("CAUSAL_LM");
    }

    @Override
    public String describe(Totals totals) {
        return "%s, %s of which %d are trained on, the longest record has %d"
                .formatted(
                        Counted.of(totals.examples(), "record"),
                        Counted.of(totals.size(), "token"),
                        totals.weight(),
                        totals.longest());
    }

    @Override
    public void checkLongest(int longest) {
        if (longest > maximumPositions) {
            throw InvalidInput.of(
                    "data.cutoff",
                    data.cutoff(),
                    "a record has %d tokens; the model's max_position_embeddings is %d"
                            .formatted(longest, maximumPositions));
        }
    }

    @Override
    public TokenBatch batch(List<Sequence> examples) {
        return TokenBatch.of(examples);
    }

    @Override
    public List<TokenBatch> slices(TokenBatch batch, Slicing slicing) {
        return slicing.packing() ? batch.slices(forest(batch), slicing.size()) : batch.separate();
    }

    private PrefixForest forest(TokenBatch batch) {
        return data.sharePrefixes() ? PrefixForest.shared(batch) : PrefixForest.apart(batch);
    }

    @Override
    public long size(TokenBatch batch) {
        return batch.tokenCount();
    }

    @Override
    public boolean shares() {
        return data.sharePrefixes() && data.packing();
    }

    @Override
    public long computed(TokenBatch batch, Slicing slicing) {
        return slices(batch, slicing).stream()
                .mapToLong(slice -> forest(slice).tokens().length)
                .sum();
    }

    @Override
    public long weight(TokenBatch batch) {
        return batch.labelledTokens();
    }

    @Override
    public double loss(Tape tape, Backbone model, TokenBatch slice, Changes changes, float scale) {
        PrefixForest rows = forest(slice);
        return ((Decoder) model)
                .loss(tape, rows.tokens(), rows.forest(), slice.longest(), rows.targets(), changes, scale);
    }

    @Override
    public TokenBatch largestSlice(int examples, Slicing slicing) {
        int longest = data.cutoff();
        int tokens = slicing.packing() ? Packing.largestSlice(examples, longest, slicing.size()) : longest;
        return slice(tokens, longest);
    }

    /**
     * A slice of so many tokens in sequences of at most that length, all with a target but each sequence's last. They have
     * nothing in common, so that they are computed apart.
     */
    static TokenBatch slice(int tokens, int longest) {
        int[] starts = Packing.starts(tokens, longest);
        int[] targets = new int[tokens];
        for (int s = 1; s < starts.length; s++) {
            targets[starts[s] - 1] = starts[s] - starts[s - 1] > 1 ? TokenBatch.NO_TARGET : 0;
        }
        int[] different = new int[tokens];
        for (int s = 1; s < starts.length; s++) {
            Arrays.fill(different, starts[s - 1], starts[s], s);
        }
        return new TokenBatch(different, targets, starts);
    }
}
