package org.loradash.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.loradash.config.EvaluationSettings;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.generate.Decoding;
import org.loradash.generate.Generated;
import org.loradash.generate.Generator;
import org.loradash.generate.Likelihood;
import org.loradash.generate.Options;
import org.loradash.kernel.KernelProvider;
import org.loradash.model.Changes;
import org.loradash.model.decoder.Decoder;
import org.loradash.tsd.Failure;

/** A model that answers questions. One thread may use an instance; it computes with several. */
public final class Answerer implements AutoCloseable {
    private final Tokenizer tokenizer;
    private final EvaluationSettings settings;
    private final Set<Integer> ends;
    private final Generator generator;
    private final Likelihood likelihood;

    /**
     * @param changes of the model's targets; none for the model as it is
     * @param tokenizer the model's; it stays open
     * @param ends tokens that end a text, of which the tokenizer's own need not be one
     * @param threads that compute together, the caller's among them
     */
    public Answerer(
            Decoder model,
            Changes changes,
            Tokenizer tokenizer,
            Set<Integer> ends,
            EvaluationSettings settings,
            KernelProvider provider,
            int threads) {
        this.tokenizer = tokenizer;
        this.settings = settings;
        List<Integer> all = new ArrayList<>(ends);
        // What training puts behind every response.
        all.add(tokenizer.endOfText());
        this.ends = Set.copyOf(all);
        boolean writes = settings.by() == EvaluationSettings.By.GENERATION;
        this.generator = writes ? new Generator(model, changes, provider, threads) : null;
        this.likelihood = writes ? null : new Likelihood(model, changes, provider, threads);
    }

    /**
     * Answers questions of one set that follow each other, in batches: which ones are in a batch can be seen in the last
     * bits of a probability.
     *
     * @throws Failure where a question's logits or log-probabilities are no numbers: nothing is answered by them
     */
    public List<Answer> answer(TestSet set, List<Question> questions) {
        List<Answer> answers = new ArrayList<>(questions.size());
        for (int from = 0; from < questions.size(); from += settings.batchSize()) {
            List<Question> batch = questions.subList(from, Math.min(questions.size(), from + settings.batchSize()));
            answers.addAll(generator != null ? written(set, batch) : likeliest(batch));
        }
        return answers;
    }

    private List<Answer> written(TestSet set, List<Question> batch) {
        List<Generated> texts = generated(
                batch.stream()
                        .map(question -> tokenizer.encode(question.prompt()))
                        .toList(),
                batch.get(0).index());
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            String text = tokenizer.decode(texts.get(i).tokens());
            answers.add(new Answer.Written(
                    batch.get(i),
                    text,
                    texts.get(i).ended(),
                    set.allowing(batch.get(i).options()).answerIn(text)));
        }
        return answers;
    }

    private List<Generated> generated(List<int[]> prompts, int first) {
        Options options = new Options(decoding(settings), settings.maxTokens(), ends, settings.batchSize());
        return generator.generate(prompts, first, options, Generator.Listener.NONE);
    }

    /**
     * What the model writes behind prompts, where it answers by generation.
     *
     * @param prompts tokens of each, which are computed together
     * @param first the number of the first one, which decides what is drawn where tokens are drawn
     */
    public List<String> texts(List<int[]> prompts, int first) {
        return generated(prompts, first).stream()
                .map(text -> tokenizer.decode(text.tokens()))
                .toList();
    }

    private List<Answer> likeliest(List<Question> batch) {
        List<double[]> sums = likelihood.logLikelihoods(
                batch.stream().map(question -> tokens(question, tokenizer)).toList());
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            checkNumbers(batch.get(i), sums.get(i));
            answers.add(new Answer.Likeliest(batch.get(i), sums.get(i)));
        }
        return answers;
    }

    private static void checkNumbers(Question question, double[] logProbabilities) {
        for (int i = 0; i < logProbabilities.length; i++) {
            if (!Double.isFinite(logProbabilities[i])) {
                throw new Failure("record %d: the log-probability of %s is %s (must be a finite number)"
                        .formatted(question.index(), question.options().get(i), logProbabilities[i]));
            }
        }
    }

    private static Decoding decoding(EvaluationSettings settings) {
        if (settings.sampling()) {
            return new Decoding.Sampling(settings.temperature(), settings.topK(), settings.topP(), settings.seed());
        }
        return settings.beams() == 1 ? new Decoding.Greedy() : new Decoding.Beams(settings.beams());
    }

    /**
     * A question's tokens: prompt and response are tokenised together, as in training, and parted behind the prompt's own
     * tokens, or before the first one that the response makes another.
     */
    static Likelihood.Question tokens(Question question, Tokenizer tokenizer) {
        int[] prompt = tokenizer.encode(question.prompt());
        List<int[]> texts = question.options().stream()
                .map(option -> tokenizer.encode(question.prompt() + AnswerFormat.response(option)))
                .toList();
        int common = prompt.length;
        for (int[] text : texts) {
            int same = Arrays.mismatch(prompt, text);
            common = Math.min(common, same < 0 ? prompt.length : same);
        }
        int parted = common;
        return new Likelihood.Question(
                Arrays.copyOf(prompt, parted),
                texts.stream()
                        .map(text -> Arrays.copyOfRange(text, parted, text.length))
                        .toList());
    }

    /**
     * What a question takes of a model.
     *
     * @param tokens the most with its answer
     * @param largest of its tokens' ids
     */
    public record Size(int tokens, int largest) {}

    /** How long a question is with its answer, and which part of the vocabulary it needs. */
    public static Size size(Question question, Tokenizer tokenizer, EvaluationSettings settings) {
        List<int[]> answers;
        int[] prompt;
        int most;
        if (settings.by() == EvaluationSettings.By.GENERATION) {
            prompt = tokenizer.encode(question.prompt());
            answers = List.of();
            most = settings.maxTokens();
        } else {
            Likelihood.Question tokens = tokens(question, tokenizer);
            prompt = tokens.prompt();
            answers = tokens.answers();
            most = answers.stream().mapToInt(answer -> answer.length).max().orElse(0);
        }
        int largest = Stream.concat(Stream.of(prompt), answers.stream())
                .flatMapToInt(Arrays::stream)
                .max()
                .orElse(0);
        return new Size(Math.addExact(prompt.length, most), largest);
    }

    /** Ends the threads. */
    @Override
    public void close() {
        if (generator != null) {
            generator.close();
        } else {
            likelihood.close();
        }
    }
}
