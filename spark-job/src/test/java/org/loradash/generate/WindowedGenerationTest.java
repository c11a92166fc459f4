package org.loradash.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.generate.Decoding.Beams;
import org.loradash.generate.Decoding.Greedy;
import org.loradash.generate.Likelihood.Question;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.LogSumExp;
import org.loradash.model.Changes;
import org.loradash.model.decoder.Decoder;

/**
 * Generation with a cache no longer than the model's windows says what comes of computing every sequence anew for each token.
 * Gemma 3's layers have a window of five tokens and none in turns; Gemma 2's have soft caps besides, Mistral's windows only.
 */
class WindowedGenerationTest {
    private static final int WINDOW = 5;
    private static final int NEW = 24;
    private static final Decoder MODEL = model("gemma3");
    private static final Arena ARENA = new Arena();

    private final Kernels kernels = KernelProvider.best().open();

    /** Shorter than the window, as long, several times as long; with a beginning in common that is longer than it. */
    private static List<int[]> prompts() {
        List<int[]> prompts = new ArrayList<>();
        for (int length : new int[] {1, 4, 5, 6, 23, 70}) {
            prompts.add(random(length));
        }
        return prompts;
    }

    private static List<int[]> promptsWithACommonBeginning() {
        int[] beginning = random(40);
        List<int[]> prompts = new ArrayList<>();
        for (int length : new int[] {1, 3, 8, 30}) {
            int[] prompt = Arrays.copyOf(beginning, beginning.length + length);
            System.arraycopy(random(length), 0, prompt, beginning.length, length);
            prompts.add(prompt);
        }
        return prompts;
    }

    private static int[] random(int length) {
        return new Random(length)
                .ints(length, 0, MODEL.shape().vocabularySize())
                .toArray();
    }

    private static Decoder model(String name) {
        return Expected.model(Fixtures.path("golden/" + name + "/model").toString(), Storage.FLOAT32);
    }

    @ParameterizedTest
    @CsvSource({"gemma3, FUSED", "gemma3, PORTABLE", "gemma2, FUSED", "mistral, FUSED", "smollm3, FUSED"})
    void greedyAnswersAreThoseOfComputingEverythingAnew(String name, KernelProvider provider) {
        Decoder model = model(name);
        assertThat(generate(model, prompts(), new Greedy(), 6, provider))
                .containsExactlyElementsOf(greedy(model, prompts()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4})
    void soAreThoseOfPromptsThatBeginAlike(int batch) {
        List<int[]> prompts = promptsWithACommonBeginning();
        assertThat(generate(MODEL, prompts, new Greedy(), batch, KernelProvider.best()))
                .containsExactlyElementsOf(greedy(MODEL, prompts));
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "4, 6", "7, 6"})
    void soAreThoseOfBeams(int beams, int batch) {
        for (List<int[]> prompts : List.of(prompts(), promptsWithACommonBeginning())) {
            List<List<Integer>> expected =
                    prompts.stream().map(prompt -> byBeams(prompt, beams)).toList();
            assertThat(generate(MODEL, prompts, new Beams(beams), batch, KernelProvider.best()))
                    .containsExactlyElementsOf(expected);
        }
    }

    @Test
    void aPromptLongerThanWhatIsComputedAtOnceIsReadInParts() {
        List<int[]> prompts = List.of(random(2 * CachedModel.TOKENS_AT_ONCE + 7), random(9));
        try (CachedModel model = new CachedModel(MODEL, Changes.none(), KernelProvider.best(), 1)) {
            model.reserve(new Demand(
                    3 * CachedModel.TOKENS_AT_ONCE, 2, CachedModel.TOKENS_AT_ONCE, 3 * CachedModel.TOKENS_AT_ONCE));
            model.read(prompts, (index, context, logits) -> {
                assertThat(context.length()).isEqualTo(prompts.get(index).length);
                assertThat(context.held(0) + context.held(1)).isEqualTo(prompts.get(index).length + WINDOW - 1);
                assertClose(logits.toArray(), last(prompts.get(index)));
            });
        }
    }

    @Test
    void logitsAreThoseOfComputingEverythingAnewHoweverOftenTheWindowHasPassed() {
        int[] tokens = random(80);
        try (CachedModel model = new CachedModel(MODEL, Changes.none(), KernelProvider.best(), 1)) {
            model.reserve(new Demand(80, 1, 1, 80));
            Context context = model.beginning();
            for (int i = 0; i < tokens.length; i++) {
                Tensor logits = model.step(List.of(context), new int[] {tokens[i]});
                assertClose(logits.toArray(), last(Arrays.copyOf(tokens, i + 1)));
            }
        }
    }

    @Test
    void answersAreAsLikelyAsWithoutACache() {
        List<int[]> answers = List.of(random(1), random(2), random(9), random(17));
        List<Question> questions =
                prompts().stream().map(prompt -> new Question(prompt, answers)).toList();
        try (Likelihood likelihood = new Likelihood(MODEL, Changes.none(), KernelProvider.best(), 1)) {
            List<double[]> all = likelihood.logLikelihoods(questions);
            for (int i = 0; i < questions.size(); i++) {
                for (int j = 0; j < answers.size(); j++) {
                    int[] prompt = questions.get(i).prompt();
                    int[] whole = concatenated(prompt, answers.get(j));
                    float[][] behind = logProbabilities(whole, prompt.length - 1);
                    double sum = 0;
                    for (int token = prompt.length; token < whole.length; token++) {
                        sum += behind[token - prompt.length][whole[token]];
                    }
                    assertThat(all.get(i)[j]).as("prompt %d, answer %d", i, j).isCloseTo(sum, within(1e-4));
                }
            }
        }
    }

    private static List<List<Integer>> generate(
            Decoder model, List<int[]> prompts, Decoding decoding, int batch, KernelProvider provider) {
        try (Generator generator = new Generator(model, Changes.none(), provider, 2)) {
            Options options = new Options(decoding, NEW, Set.of(), batch);
            return generator.generate(prompts, 0, options, Generator.Listener.NONE).stream()
                    .map(Generated::tokens)
                    .map(WindowedGenerationTest::boxed)
                    .toList();
        }
    }

    private List<List<Integer>> greedy(Decoder model, List<int[]> prompts) {
        return prompts.stream()
                .map(prompt -> {
                    int[] tokens = prompt;
                    for (int i = 0; i < NEW; i++) {
                        tokens = concatenated(tokens, new int[] {Largest.index(last(model, tokens))});
                    }
                    return boxed(Arrays.copyOfRange(tokens, prompt.length, tokens.length));
                })
                .toList();
    }

    private List<Integer> byBeams(int[] prompt, int beams) {
        Options options = new Options(new Beams(beams), NEW, Set.of(), 1);
        BeamSearch search = new BeamSearch(new Beams(beams), options, new Context(List.of()));
        while (!search.isDone()) {
            List<BeamSearch.Beam> running = search.running();
            search.advance(beam -> {
                int[] tokens = concatenated(prompt, running.get(beam).tokens());
                return logProbabilities(tokens, tokens.length - 1)[0];
            });
        }
        return boxed(search.result().tokens());
    }

    private float[] last(int[] tokens) {
        return last(MODEL, tokens);
    }

    private float[] last(Decoder model, int[] tokens) {
        return logits(model, tokens).rows(tokens.length - 1, tokens.length).toArray();
    }

    /** Of the tokens behind each, from one on. */
    private float[][] logProbabilities(int[] tokens, int from) {
        Tensor logits = logits(MODEL, tokens).rows(from, tokens.length);
        Tensor denominators = Tensor.zeros(logits.rows(), 1);
        kernels.run(new LogSumExp(logits, denominators));
        float[] logSumExp = denominators.toArray();
        float[][] rows = new float[logSumExp.length][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = logits.rows(i, i + 1).toArray();
            for (int j = 0; j < rows[i].length; j++) {
                rows[i][j] -= logSumExp[i];
            }
        }
        return rows;
    }

    private Tensor logits(Decoder model, int[] tokens) {
        Tape tape = Tape.forward(kernels, ARENA);
        tape.reset();
        return model.logits(tape, tokens, new int[] {0, tokens.length}, Changes.none());
    }

    private static void assertClose(float[] actual, float[] expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).as("token %d", i).isCloseTo(expected[i], within(2e-4f));
        }
    }

    private static int[] concatenated(int[] first, int[] second) {
        int[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static List<Integer> boxed(int[] tokens) {
        return Arrays.stream(tokens).boxed().toList();
    }
}
