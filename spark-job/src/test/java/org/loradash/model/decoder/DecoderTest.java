package org.loradash.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.loradash.Differences.assertClose;
import static org.loradash.Differences.doubles;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.loradash.Fixtures;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.data.Sequence;
import org.loradash.kernel.KernelProvider;
import org.loradash.model.Changes;
import org.loradash.model.ModelDirectory;
import org.loradash.task.Task.Slicing;
import org.loradash.task.language.TokenBatch;

class DecoderTest {
    private static final int VOCABULARY = 150;
    private static final Decoder MODEL = (Decoder) ModelDirectory.open(
                    new Configuration(),
                    Fixtures.path("golden/llama3-rope/model").toUri().toString())
            .load(Storage.FLOAT32);
    private static final Arena ARENA = new Arena();

    @Test
    void packedSequencesOfAFileHaveTheLogitsThatTheyHaveAlone() {
        assertPackingChangesNothing(Fixtures.batch(Fixtures.path("golden/llama3-rope/data.jsonl"), 0, 8));
    }

    @Test
    void slicesOfABatchAddUpToItsLoss() {
        TokenBatch batch = Fixtures.batch(Fixtures.path("golden/llama3-rope/data.jsonl"), 0, 8);
        double whole = loss(batch);
        List<TokenBatch> slices = Fixtures.nextTokens(64).slices(batch, new Slicing(16, true));
        double ofSlices = slices.stream().mapToDouble(this::loss).sum();
        double alone = batch.separate().stream().mapToDouble(this::loss).sum();
        assertThat(slices).hasSizeGreaterThan(2);
        assertThat(ofSlices).isCloseTo(whole, within(1e-5 * whole));
        assertThat(alone).isCloseTo(whole, within(1e-5 * whole));
    }

    @Test
    void refusesABatchWithoutTargets() {
        Sequence unlabelled = new Sequence(new int[] {1, 2, 3}, new int[] {-100, -100, -100});
        assertThatThrownBy(() -> loss(TokenBatch.of(List.of(unlabelled))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch: no token has a target (at least one must)");
    }

    @Test
    void theLossIsThatOfTheLogits() {
        TokenBatch batch = Fixtures.batch(Fixtures.path("golden/llama3-rope/data.jsonl"), 0, 4);
        float[] logits = logits(batch);
        double expected = 0;
        for (int i = 0; i < batch.tokenCount(); i++) {
            if (batch.targets()[i] != TokenBatch.NO_TARGET) {
                double sum = 0;
                for (int token = 0; token < VOCABULARY; token++) {
                    sum += Math.exp(logits[i * VOCABULARY + token]);
                }
                expected += Math.log(sum) - logits[i * VOCABULARY + batch.targets()[i]];
            }
        }
        assertThat(loss(batch)).isCloseTo(expected, within(1e-5 * expected));
    }

    @Test
    void sequencesLongerThanTheFirstTableOfAnglesAreComputed() {
        int[] tokens = new int[300];
        Arrays.setAll(tokens, i -> i % VOCABULARY);
        int[] beginning = Arrays.copyOf(tokens, 20);
        float[] ofLong = logits(TokenBatch.of(List.of(new Sequence(tokens, tokens))));
        float[] ofShort = logits(TokenBatch.of(List.of(new Sequence(beginning, beginning))));
        assertClose("logits of the beginning", Arrays.copyOf(ofLong, ofShort.length), doubles(ofShort), 1e-4);
    }

    @Property(tries = 25)
    void packingChangesNothing(@ForAll("sequences") @Size(min = 1, max = 6) List<Sequence> sequences) {
        assertPackingChangesNothing(TokenBatch.of(sequences));
    }

    @Property(tries = 25)
    void aSequencesTokensChangeNoOthersLogits(
            @ForAll("sequences") @Size(min = 2, max = 5) List<Sequence> sequences,
            @ForAll @IntRange(max = 4) int index,
            @ForAll @IntRange(min = 1, max = VOCABULARY - 1) int shift) {
        TokenBatch batch = TokenBatch.of(sequences);
        int changed = index % sequences.size();
        int[] tokens = batch.tokens().clone();
        for (int i = batch.starts()[changed]; i < batch.starts()[changed + 1]; i++) {
            tokens[i] = (tokens[i] + shift) % VOCABULARY;
        }
        float[] before = logits(batch);
        float[] after = logits(new TokenBatch(tokens, batch.targets(), batch.starts()));
        for (int s = 0; s < sequences.size(); s++) {
            int from = batch.starts()[s] * VOCABULARY;
            int to = batch.starts()[s + 1] * VOCABULARY;
            boolean same = Arrays.equals(before, from, to, after, from, to);
            assertThat(same).as("logits of sequence %d, changed %d", s, changed).isEqualTo(s != changed);
        }
    }

    @Property(tries = 25)
    void laterTokensChangeNoEarlierLogits(
            @ForAll("sequences") @Size(1) List<Sequence> sequences, @ForAll @IntRange(max = 11) int index) {
        TokenBatch batch = TokenBatch.of(sequences);
        int changed = index % batch.tokenCount();
        int[] tokens = batch.tokens().clone();
        tokens[changed] = (tokens[changed] + 1) % VOCABULARY;
        float[] before = logits(batch);
        float[] after = logits(new TokenBatch(tokens, batch.targets(), batch.starts()));
        assertThat(Arrays.copyOf(after, changed * VOCABULARY))
                .containsExactly(Arrays.copyOf(before, changed * VOCABULARY));
    }

    @Provide
    Arbitrary<List<Sequence>> sequences() {
        Arbitrary<int[]> tokens = Arbitraries.integers()
                .between(0, VOCABULARY - 1)
                .array(int[].class)
                .ofMinSize(1)
                .ofMaxSize(12);
        return tokens.map(ids -> new Sequence(ids, ids)).list();
    }

    private void assertPackingChangesNothing(TokenBatch batch) {
        float[] packed = logits(batch);
        List<TokenBatch> alone = batch.separate();
        for (int s = 0; s < alone.size(); s++) {
            float[] part =
                    Arrays.copyOfRange(packed, batch.starts()[s] * VOCABULARY, batch.starts()[s + 1] * VOCABULARY);
            assertClose("logits of sequence " + s, part, doubles(logits(alone.get(s))), 1e-5);
        }
    }

    private float[] logits(TokenBatch batch) {
        return MODEL.logits(tape(), batch.tokens(), batch.starts(), Changes.none())
                .toArray();
    }

    private double loss(TokenBatch batch) {
        return MODEL.loss(tape(), batch.tokens(), batch.starts(), batch.targets(), Changes.none(), 1f);
    }

    private static Tape tape() {
        Tape tape = new Tape(KernelProvider.best().open(), ARENA);
        tape.reset();
        return tape;
    }
}
