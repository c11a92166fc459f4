package org.loradash.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.loradash.Differences.normal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.Directions;
import org.loradash.adapter.Method;
import org.loradash.adapter.SingularTriplets;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.data.Sequence;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Target;
import org.loradash.model.decoder.Decoder;
import org.loradash.task.Task.Slicing;
import org.loradash.task.language.NextTokens;
import org.loradash.task.language.TokenBatch;
import org.loradash.train.TaskObjective.Options;

/** Records that begin alike give the same loss and the same gradient whether what they share is computed once or for each. */
class SharedPrefixesTest {
    private static final Decoder MODEL = load("gradients");
    private static final NextTokens SHARING = Fixtures.nextTokens(64);
    private static final NextTokens APART = Fixtures.nextTokensApart(64);
    private static final TokenBatch BATCH = alike(12);

    private record Outcome(double loss, float[] gradient) {}

    static Stream<Method> methods() {
        return Method.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void giveEachMethodTheSameLossAndGradient(Method method) {
        Adapter adapter = adapter(method, MODEL);
        Tensor parameters = normal(3, 1, adapter.parameters(), 0.05);
        Options options = options(512, BlockValues.KEPT, 1);
        assertSame(
                outcome(SHARING, MODEL, adapter, parameters, options),
                outcome(APART, MODEL, adapter, parameters, options));
    }

    /** A sprint's coordinates, and norms and the head trained whole. */
    @Test
    void giveASprintAndModulesTrainedWholeTheSameLossAndGradient() {
        Adapter adapter = dash(MODEL).withModules(MODEL.shape().modules());
        Tensor parameters = normal(3, 1, adapter.parameters(), 0.05);
        Options options = options(512, BlockValues.KEPT, 1);
        assertSame(
                outcome(SHARING, MODEL, adapter, parameters, options),
                outcome(APART, MODEL, adapter, parameters, options));
    }

    /** Windows, soft caps, angles of parts of a head or that depend on the longest text, norms of heads. */
    @ParameterizedTest
    @ValueSource(strings = {"gemma2", "gemma3", "phi3-longrope", "dynamic", "olmo2", "smollm3", "mistral"})
    void giveEveryDecoderTheSameLossAndGradient(String fixture) {
        Decoder model = load(fixture);
        Adapter adapter = adapter(Method.named("lora"), model);
        Tensor parameters = normal(3, 1, adapter.parameters(), 0.05);
        assertSame(
                outcome(SHARING, model, adapter, parameters, options(512, BlockValues.KEPT, 1)),
                outcome(APART, model, adapter, parameters, options(512, BlockValues.KEPT, 1)));
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 100, 512})
    void slicesRecomputationAndThreadsChangeNothing(int sliceTokens) {
        Adapter adapter = dash(MODEL);
        Tensor parameters = normal(3, 1, adapter.parameters(), 0.05);
        Outcome kept = outcome(SHARING, MODEL, adapter, parameters, options(sliceTokens, BlockValues.KEPT, 1));
        assertSame(kept, outcome(APART, MODEL, adapter, parameters, options(512, BlockValues.KEPT, 1)));
        Outcome again = outcome(SHARING, MODEL, adapter, parameters, options(sliceTokens, BlockValues.RECOMPUTED, 2));
        assertThat(again.loss()).isEqualTo(kept.loss());
        assertThat(again.gradient()).containsExactly(kept.gradient());
    }

    @Test
    void computeFewerTokens() {
        Slicing slicing = new Slicing(512, true);
        assertThat(APART.computed(BATCH, slicing)).isEqualTo(APART.size(BATCH)).isEqualTo(BATCH.tokenCount());
        assertThat(SHARING.size(BATCH)).isEqualTo(BATCH.tokenCount());
        assertThat(SHARING.computed(BATCH, slicing)).isLessThan(BATCH.tokenCount() / 2);
        assertThat(SHARING.computed(BATCH, new Slicing(512, false)))
                .as("without packing")
                .isEqualTo(BATCH.tokenCount());
    }

    private static void assertSame(Outcome one, Outcome other) {
        assertThat(one.loss()).isCloseTo(other.loss(), within(1e-5 * other.loss()));
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < one.gradient().length; i++) {
            difference += Math.pow(one.gradient()[i] - other.gradient()[i], 2);
            norm += Math.pow(other.gradient()[i], 2);
        }
        assertThat(norm).isPositive();
        assertThat(Math.sqrt(difference / norm))
                .as("relative distance of gradients")
                .isLessThan(1e-5);
    }

    private static Outcome outcome(
            NextTokens task, Decoder model, Adapter adapter, Tensor parameters, Options options) {
        Tensor gradient = Tensor.zeros(1, adapter.parameters());
        gradient.fill(Float.NaN);
        try (TaskObjective<TokenBatch> objective =
                new TaskObjective<>(task, model, adapter, options, KernelProvider.best())) {
            double loss = objective.lossAndGradient(BATCH, parameters, gradient, 5);
            return new Outcome(loss, gradient.toArray());
        }
    }

    private static Options options(int sliceTokens, BlockValues values, int threads) {
        return new Options(0, threads, new Slicing(sliceTokens, true), values);
    }

    /** Two prompts of 20 tokens that begin alike, each with answers of some tokens, two of them the same, some unlabelled. */
    private static TokenBatch alike(int records) {
        Random random = new Random(7);
        int[][] prompts = new int[2][];
        for (int i = 0; i < 2; i++) {
            prompts[i] = random.ints(20, 0, 90).toArray();
            System.arraycopy(prompts[0], 0, prompts[i], 0, 9);
        }
        return TokenBatch.of(IntStream.range(0, records)
                .mapToObj(record -> {
                    int[] answer =
                            new Random(record / 2 * 2).ints(1 + record, 0, 90).toArray();
                    int[] tokens = IntStream.concat(IntStream.of(prompts[record % 2]), IntStream.of(answer))
                            .toArray();
                    int[] labels = tokens.clone();
                    if (record % 3 == 0) {
                        java.util.Arrays.fill(labels, 0, 20, Sequence.NO_LABEL);
                    }
                    return new Sequence(tokens, labels);
                })
                .toList());
    }

    private static Adapter adapter(Method method, Decoder model) {
        List<String> kinds = List.of("q_proj", "v_proj", "up_proj", "down_proj", "qkv_proj");
        List<Target> targets = model.shape().targets().stream()
                .filter(target -> kinds.contains(target.kind()))
                .toList();
        Adapter adapter = new Adapter(method.name(), 4, 2, targets, Map.of());
        if (method.startsFrom().isEmpty()) {
            return adapter;
        }
        Map<String, SingularTriplets> triplets = new LinkedHashMap<>();
        for (Target target : targets) {
            triplets.put(
                    target.name(), new SingularTriplets(directions(target, 4), new float[] {0.4f, 0.3f, 0.2f, 0.1f}));
        }
        return adapter.withTriplets(triplets);
    }

    private static Adapter dash(Decoder model) {
        Adapter lora = adapter(Method.named("lora"), model);
        Map<String, Directions> directions = new LinkedHashMap<>();
        lora.targets().forEach(target -> directions.put(target.name(), directions(target, 2)));
        return lora.withDirections(directions);
    }

    private static Directions directions(Target target, int count) {
        return new Directions(
                IntStream.range(0, count).toArray(),
                normal(1, target.outputs(), count, 0.2).toArray(),
                normal(2, count, target.inputs(), 0.2).toArray());
    }

    private static Decoder load(String fixture) {
        return (Decoder) ModelDirectory.open(
                        new Configuration(),
                        Fixtures.path("golden/" + fixture + "/model").toUri().toString())
                .load(Storage.FLOAT32);
    }
}
