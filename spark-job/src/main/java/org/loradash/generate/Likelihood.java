package org.loradash.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.model.Changes;
import org.loradash.model.decoder.Decoder;

/**
 * How likely a model finds given answers to a prompt, as evaluation harnesses compare the choices of a question. A prompt
 * is computed once for all of its answers.
 */
public final class Likelihood implements AutoCloseable {
    private final CachedModel model;

    /**
     * @param changes of the model's targets, applied as it computes
     * @param threads that compute together, the caller's among them
     */
    public Likelihood(Decoder model, Changes changes, KernelProvider provider, int threads) {
        this.model = new CachedModel(model, changes, provider, threads);
    }

    /**
     * A prompt with the answers that are allowed.
     *
     * @param prompt one token at least
     * @param answers each of one token at least
     */
    public record Question(int[] prompt, List<int[]> answers) {
        public Question {
            answers = List.copyOf(answers);
            if (prompt.length == 0 || answers.isEmpty() || answers.stream().anyMatch(answer -> answer.length == 0)) {
                throw new IllegalArgumentException(
                        "question: a prompt and answers (must be there, of one token at least)");
            }
        }

        /** How many tokens of its answers have another behind them. */
        private long answered() {
            return answers.stream().mapToLong(answer -> answer.length - 1).sum();
        }
    }

    /** The most tokens of a prompt and an answer that go through the model. */
    private static int longest(List<Question> questions) {
        return questions.stream()
                .mapToInt(question -> question.prompt().length
                        - 1
                        + question.answers().stream()
                                .mapToInt(answer -> answer.length)
                                .max()
                                .orElse(1))
                .max()
                .orElse(0);
    }

    /** Of every question and answer the sum of the log-probabilities of the answer's tokens behind the prompt. */
    public List<double[]> logLikelihoods(List<Question> questions) {
        long prompts = questions.stream()
                .mapToLong(question -> question.prompt().length)
                .sum();
        long[] answered = questions.stream().mapToLong(Question::answered).toArray();
        long together = Math.max(
                CachedModel.TOKENS_AT_ONCE, Arrays.stream(answered).max().orElse(0));
        model.reserve(
                new Demand(prompts + Arrays.stream(answered).sum(), questions.size(), together, longest(questions)));
        List<double[]> all = new ArrayList<>();
        List<Context> contexts = new ArrayList<>();
        model.read(questions.stream().map(Question::prompt).toList(), (index, context, logits) -> {
            contexts.add(context);
            all.add(ofFirstTokens(questions.get(index).answers(), logits));
        });
        int rows = model.logitsAtOnce();
        for (int from = 0; from < questions.size(); ) {
            int to = from;
            for (long tokens = 0; to < questions.size() && (to == from || tokens + answered[to] <= rows); to++) {
                tokens += answered[to];
            }
            addLaterTokens(questions.subList(from, to), contexts.subList(from, to), all.subList(from, to));
            from = to;
        }
        return all;
    }

    private double[] ofFirstTokens(List<int[]> answers, Tensor logits) {
        float denominator = model.logSumExp(logits)[0];
        return answers.stream()
                .mapToDouble(answer -> value(logits, 0, answer[0]) - denominator)
                .toArray();
    }

    /**
     * A token behind a prompt whose probability is wanted.
     *
     * @param token its number
     * @param question of those that are computed together
     * @param answer of the question
     */
    private record Expected(int token, int question, int answer) {}

    /** Computes the answers of questions together, those of a question as branches behind the same prompt. */
    private void addLaterTokens(List<Question> questions, List<Context> prompts, List<double[]> sums) {
        List<Context> forks = new ArrayList<>();
        List<int[]> seen = new ArrayList<>();
        List<Expected> expected = new ArrayList<>();
        for (int question = 0; question < questions.size(); question++) {
            List<int[]> answers = questions.get(question).answers();
            for (int answer = 0; answer < answers.size(); answer++) {
                int[] tokens = answers.get(answer);
                if (tokens.length > 1) {
                    forks.add(prompts.get(question).fork());
                    seen.add(Arrays.copyOf(tokens, tokens.length - 1));
                }
                for (int i = 1; i < tokens.length; i++) {
                    expected.add(new Expected(tokens[i], question, answer));
                }
            }
        }
        if (forks.isEmpty()) {
            return;
        }
        int[] rows = new int[expected.size()];
        Arrays.setAll(rows, i -> i);
        Tensor logits = model.extend(forks, seen, rows);
        forks.forEach(Context::release);
        float[] denominators = model.logSumExp(logits);
        for (int row = 0; row < rows.length; row++) {
            Expected one = expected.get(row);
            sums.get(one.question())[one.answer()] += value(logits, row, one.token()) - denominators[row];
        }
    }

    private static double value(Tensor logits, int row, int token) {
        return logits.rows(row, row + 1).columns(token, token + 1).toArray()[0];
    }

    /** Ends the threads. */
    @Override
    public void close() {
        model.close();
    }
}
