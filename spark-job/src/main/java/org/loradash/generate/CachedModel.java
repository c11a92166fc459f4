package org.loradash.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.loradash.autograd.Arena;
import org.loradash.autograd.CachedSequences;
import org.loradash.autograd.KeyValueCache;
import org.loradash.autograd.Tape;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.LogSumExp;
import org.loradash.model.Changes;
import org.loradash.model.decoder.Decoder;
import org.loradash.tsd.InvalidInput;

/** A model with a cache of what it has seen, to which sequences are given a few tokens at a time. */
final class CachedModel implements AutoCloseable {
    /** About as many tokens go through the model at once as a training step's slice has. */
    static final int TOKENS_AT_ONCE = 1024;

    /** Logits that exist at a time: 128 MiB. */
    private static final int LOGITS = 1 << 25;

    /** Tokens that must be saved for a common beginning to be worth a pass of its own. */
    private static final int WORTH_SHARING = 64;

    private final Decoder model;
    private final Changes changes;
    private final Kernels kernels;
    private final Tape tape;
    private KeyValueCache cache;
    private List<Slots> rooms;
    private int longest;

    CachedModel(Decoder model, Changes changes, KernelProvider provider, int threads) {
        this.model = model;
        this.changes = changes;
        this.kernels = provider.open(threads);
        this.tape = Tape.forward(kernels, new Arena());
    }

    /** Of how many tokens logits are made at a time, where there are many. */
    int logitsAtOnce() {
        return Math.min(TOKENS_AT_ONCE, Math.max(1, LOGITS / model.shape().vocabularySize()));
    }

    /** Forgets everything, and makes room. */
    void reserve(Demand demand) {
        if (cache == null || cache.rooms().stream().anyMatch(room -> room.slots() < demand.slots(room.window()))) {
            freeCache();
            try {
                cache = model.cache(window -> Math.toIntExact(demand.slots(window)));
            } catch (ArithmeticException | IllegalArgumentException tooMany) {
                throw InvalidInput.of(
                        "max-tokens, batch, beams",
                        demand.tokens() + " tokens at once",
                        "must be fewer: their keys and values do not fit one layer's memory");
            }
        }
        longest = demand.longest();
        rooms = cache.rooms().stream().map(Slots::new).toList();
    }

    /** A sequence of no tokens, until all is forgotten. */
    Context beginning() {
        return new Context(rooms);
    }

    /** Hears of the logits behind a sequence's last token. */
    @FunctionalInterface
    interface OnLogits {
        /**
         * @param index of the sequence
         * @param context the sequence, with all of its tokens
         * @param logits 1 x vocabulary, valid during the call
         */
        void accept(int index, Context context, Tensor logits);
    }

    /** Reads prompts, each of one token at least. What all have in common at their beginning is computed once. */
    void read(List<int[]> prompts, OnLogits onLogits) {
        int common = common(prompts);
        Context beginning = beginning();
        if (common > 0) {
            extend(beginning, Arrays.copyOf(prompts.get(0), common));
        }
        List<Context> contexts =
                prompts.stream().map(prompt -> beginning.fork()).toList();
        beginning.release();
        for (int from = 0; from < prompts.size(); ) {
            int to = from;
            int tokens = 0;
            List<int[]> rest = new ArrayList<>();
            List<Integer> last = new ArrayList<>();
            while (to < prompts.size() && (to == from || tokens + prompts.get(to).length - common <= TOKENS_AT_ONCE)) {
                int[] prompt = prompts.get(to++);
                rest.add(Arrays.copyOfRange(prompt, common, prompt.length));
                tokens += prompt.length - common;
                last.add(tokens - 1);
            }
            Tensor logits = rest.size() == 1
                    ? extend(contexts.get(from), rest.get(0))
                    : extend(
                            contexts.subList(from, to),
                            rest,
                            last.stream().mapToInt(Integer::intValue).toArray());
            for (int i = from; i < to; i++) {
                onLogits.accept(i, contexts.get(i), logits.rows(i - from, i - from + 1));
            }
            from = to;
        }
    }

    /**
     * Gives one sequence any number of tokens, a part after another.
     *
     * @return the logits behind the last, valid until the next call
     */
    private Tensor extend(Context context, int[] tokens) {
        for (int from = 0; ; from += TOKENS_AT_ONCE) {
            int to = Math.min(tokens.length, from + TOKENS_AT_ONCE);
            int[] wanted = {to - from - 1};
            Tensor logits = extend(List.of(context), List.of(Arrays.copyOfRange(tokens, from, to)), wanted);
            if (to == tokens.length) {
                return logits;
            }
        }
    }

    /**
     * Gives every sequence one more token.
     *
     * @return the logits behind it, sequences x vocabulary, valid until the next call
     */
    Tensor step(List<Context> contexts, int[] tokens) {
        int[] wanted = new int[tokens.length];
        List<int[]> single = new ArrayList<>(tokens.length);
        for (int i = 0; i < tokens.length; i++) {
            wanted[i] = i;
            single.add(new int[] {tokens[i]});
        }
        return extend(contexts, single, wanted);
    }

    /**
     * Gives sequences more tokens, one at least each.
     *
     * @param wanted rows, of all new tokens end to end, whose logits are wanted
     * @return wanted x vocabulary, valid until the next call
     */
    Tensor extend(List<Context> contexts, List<int[]> newest, int[] wanted) {
        int count = contexts.size();
        int[] starts = new int[count + 1];
        for (int i = 0; i < count; i++) {
            contexts.get(i).append(newest.get(i).length);
            starts[i + 1] = starts[i] + newest.get(i).length;
        }
        int[] tokens = newest.stream().flatMapToInt(Arrays::stream).toArray();
        int[] lengths = contexts.stream().mapToInt(Context::length).toArray();
        List<CachedSequences.Slots> slots = IntStream.range(0, rooms.size())
                .mapToObj(room -> slots(contexts, room))
                .toList();
        tape.reset();
        CachedSequences sequences = new CachedSequences(starts, lengths, slots);
        Tensor logits = model.continued(tape, tokens, sequences, longest, cache, wanted, changes);
        contexts.forEach(Context::slide);
        return logits;
    }

    private static CachedSequences.Slots slots(List<Context> contexts, int room) {
        return new CachedSequences.Slots(
                contexts.stream().map(context -> context.slots(room)).toArray(int[][]::new),
                contexts.stream().mapToInt(context -> context.held(room)).toArray());
    }

    /**
     * Computes a whole sequence, without the cache.
     *
     * @return the logits behind its last token, 1 x vocabulary, valid until the next call
     */
    Tensor alone(int[] tokens) {
        tape.reset();
        return model.logits(tape, tokens, new int[] {0, tokens.length}, new int[] {tokens.length - 1}, changes);
    }

    /** Whether a sequence keeps its rotary angles from one length to another, so that what is cached of it stays right. */
    boolean turnsAlike(int from, int to) {
        return model.shape().turnsAlike(from, to);
    }

    /** The logarithm of each row's softmax's denominator. */
    float[] logSumExp(Tensor logits) {
        Arena.Mark scratch = tape.arena().mark();
        Tensor sums = tape.arena().take(logits.rows(), 1);
        kernels.run(new LogSumExp(logits, sums));
        tape.arena().release(scratch);
        return sums.toArray();
    }

    /** How many tokens all prompts begin with, short of one prompt's last, where that saves enough. */
    private static int common(List<int[]> prompts) {
        int[] first = prompts.get(0);
        int common = first.length - 1;
        for (int[] prompt : prompts) {
            int same = Arrays.mismatch(first, prompt);
            common = Math.min(common, Math.min(same < 0 ? first.length : same, prompt.length - 1));
        }
        return (prompts.size() - 1L) * common >= WORTH_SHARING ? common : 0;
    }

    private void freeCache() {
        if (cache != null) {
            cache.free();
            cache = null;
        }
    }

    @Override
    public void close() {
        kernels.close();
        tape.arena().free();
        freeCache();
    }
}
