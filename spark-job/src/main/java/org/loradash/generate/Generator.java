package org.loradash.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.loradash.config.Seeds;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.model.Changes;
import org.loradash.model.decoder.Decoder;
import org.loradash.tsd.Failure;

/** Continues prompts of token ids, batch after batch. One thread may use an instance; it computes with several. */
public final class Generator implements AutoCloseable {
    private final CachedModel model;
    private float[] row = {};

    /**
     * @param changes of the model's targets, applied as it computes; none where they are merged into its weights
     * @param threads that compute together, the caller's among them
     */
    public Generator(Decoder model, Changes changes, KernelProvider provider, int threads) {
        this.model = new CachedModel(model, changes, provider, threads);
    }

    /** Hears of tokens as they come; of a beam search's only when it is over. */
    @FunctionalInterface
    public interface Listener {
        Listener NONE = (prompt, token) -> {};

        /** @param prompt its index in the list */
        void token(int prompt, int token);
    }

    /**
     * Continues every prompt.
     *
     * @param prompts each of one token at least; a prompt and its new tokens together must be within the model's positions
     * @param firstRecord the number of the first prompt among all records: sampling draws by it
     * @return in the order of the prompts
     * @throws Failure where logits are no numbers, with the record's number: nothing can be chosen by them
     */
    public List<Generated> generate(List<int[]> prompts, long firstRecord, Options options, Listener listener) {
        for (int[] prompt : prompts) {
            if (prompt.length == 0) {
                throw new IllegalArgumentException("prompt: no tokens (must have one at least)");
            }
        }
        List<Generated> all = new ArrayList<>();
        for (int from = 0; from < prompts.size(); from += options.batch()) {
            int first = from;
            List<int[]> batch = prompts.subList(from, Math.min(prompts.size(), from + options.batch()));
            Listener shifted = (prompt, token) -> listener.token(first + prompt, token);
            all.addAll(generateBatch(batch, firstRecord + from, options, shifted));
        }
        return all;
    }

    /**
     * What is cached of a sequence stays right only while its rotary angles stay: of models whose angles depend on the length of
     * the sequence, prompts whose texts would change them are computed anew with each token. Beams have the angles that the
     * longest text would have.
     */
    private List<Generated> generateBatch(List<int[]> prompts, long firstRecord, Options options, Listener listener) {
        if (options.decoding() instanceof Decoding.Beams beams) {
            return byBeams(prompts, firstRecord, beams, options, listener);
        }
        int shortest = prompts.stream().mapToInt(prompt -> prompt.length).min().orElseThrow();
        if (model.turnsAlike(shortest, longest(prompts, options))) {
            return oneByOne(prompts, firstRecord, options, listener);
        }
        List<Generated> all = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            int index = i;
            List<int[]> prompt = prompts.subList(i, i + 1);
            Listener shifted = (ignored, token) -> listener.token(index, token);
            all.addAll(
                    model.turnsAlike(prompt.get(0).length, longest(prompt, options))
                            ? oneByOne(prompt, firstRecord + i, options, shifted)
                            : List.of(anew(prompt.get(0), firstRecord + i, options, shifted)));
        }
        return all;
    }

    /** The most tokens that go through the model of one sequence: all but the last new one. */
    private static int longest(List<int[]> prompts, Options options) {
        return prompts.stream().mapToInt(prompt -> prompt.length).max().orElseThrow() + options.maxTokens() - 1;
    }

    private Generated anew(int[] prompt, long record, Options options, Listener listener) {
        Live sequence = new Live(0, record, null, options.maxTokens(), random(options.decoding(), record));
        Generated[] result = new Generated[1];
        int[] tokens = prompt;
        while (!isOverWithNext(sequence, model.alone(tokens), options, listener, result)) {
            tokens = Arrays.copyOf(tokens, tokens.length + 1);
            tokens[tokens.length - 1] = sequence.last();
        }
        return result[0];
    }

    /** A sequence that has not ended. */
    private static final class Live {
        final int index;
        final long record;
        final Context context;
        final int[] tokens;
        final SplittableRandom random;
        int count = 0;

        Live(int index, long record, Context context, int maxTokens, SplittableRandom random) {
            this.index = index;
            this.record = record;
            this.context = context;
            this.tokens = new int[maxTokens];
            this.random = random;
        }

        int last() {
            return tokens[count - 1];
        }
    }

    private List<Generated> oneByOne(List<int[]> prompts, long firstRecord, Options options, Listener listener) {
        reserve(prompts, 1, options);
        Generated[] results = new Generated[prompts.size()];
        List<Live> live = new ArrayList<>();
        model.read(prompts, (index, context, logits) -> {
            SplittableRandom random = random(options.decoding(), firstRecord + index);
            Live sequence = new Live(index, firstRecord + index, context, options.maxTokens(), random);
            if (!isOverWithNext(sequence, logits, options, listener, results)) {
                live.add(sequence);
            }
        });
        while (!live.isEmpty()) {
            Tensor logits = model.step(
                    live.stream().map(sequence -> sequence.context).toList(),
                    live.stream().mapToInt(Live::last).toArray());
            List<Live> before = List.copyOf(live);
            live.clear();
            for (int i = 0; i < before.size(); i++) {
                if (!isOverWithNext(before.get(i), logits.rows(i, i + 1), options, listener, results)) {
                    live.add(before.get(i));
                }
            }
        }
        return List.of(results);
    }

    /** Takes the next token of a sequence; whether the sequence is over with it. */
    private boolean isOverWithNext(
            Live sequence, Tensor logits, Options options, Listener listener, Generated[] results) {
        int token = choose(values(logits, sequence.record), options.decoding(), sequence.random);
        boolean ended = options.ends().contains(token);
        if (!ended) {
            sequence.tokens[sequence.count++] = token;
            listener.token(sequence.index, token);
        }
        boolean over = ended || sequence.count == options.maxTokens();
        if (over) {
            results[sequence.index] = new Generated(Arrays.copyOf(sequence.tokens, sequence.count), ended);
        }
        return over;
    }

    private static int choose(float[] values, Decoding decoding, SplittableRandom random) {
        return decoding instanceof Decoding.Sampling sampling
                ? Candidates.of(values, sampling).at(random.nextDouble())
                : Largest.index(values);
    }

    /** The random numbers of one record. */
    private static SplittableRandom random(Decoding decoding, long record) {
        long seed = decoding instanceof Decoding.Sampling sampling ? sampling.seed() : 0;
        return new SplittableRandom(Seeds.mix(seed, 0) + record * 0xBF58476D1CE4E5B9L);
    }

    private List<Generated> byBeams(
            List<int[]> prompts, long firstRecord, Decoding.Beams beams, Options options, Listener listener) {
        reserve(prompts, beams.count(), options);
        BeamSearch[] searches = new BeamSearch[prompts.size()];
        model.read(prompts, (index, context, logits) -> {
            searches[index] = new BeamSearch(beams, options, context);
            advance(searches[index], firstRecord + index, logits);
        });
        for (List<BeamSearch> live = live(searches); !live.isEmpty(); live = live(searches)) {
            List<BeamSearch.Beam> running =
                    live.stream().flatMap(search -> search.running().stream()).toList();
            Tensor logits = model.step(
                    running.stream().map(BeamSearch.Beam::context).toList(),
                    running.stream().mapToInt(BeamSearch.Beam::last).toArray());
            int from = 0;
            for (BeamSearch search : live) {
                int to = from + search.running().size();
                advance(search, firstRecord + List.of(searches).indexOf(search), logits.rows(from, to));
                from = to;
            }
        }
        List<Generated> results = new ArrayList<>();
        for (int i = 0; i < searches.length; i++) {
            Generated result = searches[i].result();
            for (int token : result.tokens()) {
                listener.token(i, token);
            }
            results.add(result);
        }
        return results;
    }

    private static List<BeamSearch> live(BeamSearch[] searches) {
        return Arrays.stream(searches).filter(search -> !search.isDone()).toList();
    }

    /** @param logits behind each running beam */
    private void advance(BeamSearch search, long record, Tensor logits) {
        float[] denominators = model.logSumExp(logits);
        search.advance(beam -> {
            float[] values = values(logits.rows(beam, beam + 1), record);
            for (int i = 0; i < values.length; i++) {
                values[i] -= denominators[beam];
            }
            return values;
        });
    }

    /** One row of logits, valid until the next call: numbers all of them, or it is no use to compare them. */
    private float[] values(Tensor logits, long record) {
        if (row.length != logits.columns()) {
            row = new float[logits.columns()];
        }
        logits.read(row, 0);
        for (int token = 0; token < row.length; token++) {
            if (!(row[token] < Float.POSITIVE_INFINITY)) {
                throw new Failure("record %d: the logit of token %d is %s (must be a finite number)"
                        .formatted(record, token, row[token]));
            }
        }
        return row;
    }

    /** @param each how many sequences follow a prompt */
    private void reserve(List<int[]> prompts, int each, Options options) {
        long newTokens = options.maxTokens();
        long sequences = (long) prompts.size() * each;
        model.reserve(new Demand(
                prompts.stream()
                        .mapToLong(prompt -> prompt.length + each * newTokens)
                        .sum(),
                sequences,
                Math.max(CachedModel.TOKENS_AT_ONCE, sequences),
                longest(prompts, options)));
    }

    /** Ends the threads. */
    @Override
    public void close() {
        model.close();
    }
}
