package org.loradash.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.loradash.generate.Decoding.Beams;

/**
 * Beam search for one prompt, step by step as transformers' {@code _beam_search} with {@code early_stopping=False}: of the
 * best continuations of all beams the first ones that do not end are followed, those among the very best that end are
 * kept, and it is over when the best that is followed cannot be better than the worst that is kept, judged by its present
 * length. Scores are float32, as there.
 */
final class BeamSearch {
    private final Beams beams;
    private final Options options;
    private final int continuations;
    private final List<Finished> finished = new ArrayList<>();
    private List<Beam> running;
    private boolean done = false;

    /**
     * A sequence that is followed.
     *
     * @param tokens new ones
     * @param score the sum of their log-probabilities
     * @param context what the model has seen of it, all but the last token
     */
    record Beam(int[] tokens, float score, Context context) {
        int last() {
            return tokens[tokens.length - 1];
        }
    }

    private record Finished(int[] tokens, float score, boolean ended) {}

    private record Continuation(Beam beam, int token, float score) {}

    BeamSearch(Beams beams, Options options, Context prompt) {
        this.beams = beams;
        this.options = options;
        this.continuations = Math.max(2, 1 + options.ends().size()) * beams.count();
        this.running = List.of(new Beam(new int[0], 0f, prompt));
    }

    boolean isDone() {
        return done;
    }

    /** The beams whose next logits are wanted, best first. */
    List<Beam> running() {
        return running;
    }

    /** The log-probabilities of the tokens behind a beam. */
    @FunctionalInterface
    interface LogProbabilities {
        /** @return of all tokens; valid until the next call */
        float[] behind(int beam);
    }

    /** Goes one token on. */
    void advance(LogProbabilities logProbabilities) {
        List<Continuation> best = best(logProbabilities);
        int length = running.get(0).tokens().length + 1;
        boolean last = length == options.maxTokens();
        List<Beam> next = new ArrayList<>();
        for (int i = 0; i < best.size(); i++) {
            Continuation one = best.get(i);
            boolean ends = options.ends().contains(one.token());
            if (!ends && !last) {
                if (next.size() < beams.count()) {
                    next.add(new Beam(
                            tokens(one), one.score(), one.beam().context().fork()));
                }
            } else if (i < beams.count()) {
                finished.add(
                        new Finished(ends ? one.beam().tokens() : tokens(one), penalised(one.score(), length), ends));
            }
        }
        finished.sort(Comparator.comparingDouble((Finished one) -> -one.score()));
        finished.subList(Math.min(beams.count(), finished.size()), finished.size())
                .clear();
        running.forEach(beam -> beam.context().release());
        running = next;
        done = next.isEmpty()
                || finished.size() == beams.count()
                        && !(penalised(next.get(0).score(), length)
                                > finished.get(finished.size() - 1).score());
    }

    private List<Continuation> best(LogProbabilities logProbabilities) {
        List<Continuation> all = new ArrayList<>();
        for (int i = 0; i < running.size(); i++) {
            Beam beam = running.get(i);
            float[] of = logProbabilities.behind(i);
            Largest largest = Largest.of(of, Math.min(continuations, of.length));
            for (int j = 0; j < largest.indices().length; j++) {
                all.add(new Continuation(beam, largest.indices()[j], beam.score() + largest.values()[j]));
            }
        }
        all.sort(Comparator.comparingDouble((Continuation one) -> -one.score()));
        return all.subList(0, Math.min(continuations, all.size()));
    }

    private float penalised(float score, int length) {
        return (float) (score / Math.pow(length, beams.lengthPenalty()));
    }

    private static int[] tokens(Continuation one) {
        int[] before = one.beam().tokens();
        int[] tokens = Arrays.copyOf(before, before.length + 1);
        tokens[before.length] = one.token();
        return tokens;
    }

    /** The best sequence, once it is over. */
    Generated result() {
        return new Generated(finished.get(0).tokens(), finished.get(0).ended());
    }
}
