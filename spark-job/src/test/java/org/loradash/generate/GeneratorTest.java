package org.loradash.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.ModuleChanges;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.generate.Decoding.Beams;
import org.loradash.generate.Decoding.Greedy;
import org.loradash.generate.Decoding.Sampling;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.model.Changes;
import org.loradash.model.decoder.Decoder;
import org.loradash.tsd.Failure;
import org.loradash.tsd.InvalidInput;

class GeneratorTest {
    private static final Decoder MODEL = Expected.model(Storage.FLOAT32);

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 9})
    void saysWhatTransformersSaysInBatchesOfAnySize(int batch) {
        List<Generated> all = generate(Expected.options(new Greedy(), batch), KernelProvider.best(), 1);
        assertTokens(all, Expected.tokens(Expected.JSON.get("greedy")));
    }

    @ParameterizedTest
    @EnumSource
    void saysTheSameByAnyProvider(KernelProvider provider) {
        List<Generated> all = generate(Expected.options(new Greedy(), 9), provider, 2);
        assertTokens(all, Expected.tokens(Expected.JSON.get("greedy")));
    }

    @ParameterizedTest
    @CsvSource({"1.0, 9", "0.0, 9", "2.0, 9", "1.0, 1", "1.0, 5"})
    void findsTheSequencesOfTransformersBeamSearch(double lengthPenalty, int batch) {
        List<Generated> all = generate(Expected.options(new Beams(4, lengthPenalty), batch), KernelProvider.best(), 2);
        assertTokens(all, Expected.tokens(Expected.JSON.get("beams").get(String.valueOf(lengthPenalty))));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1.0, 0.0, 2.0})
    void endsASequenceOfABeamSearchAtAnyOfSeveralTokens(double lengthPenalty) {
        Set<Integer> ends = Set.of(new ObjectMapper().convertValue(Expected.JSON.get("ends"), Integer[].class));
        List<Generated> all =
                generate(Expected.options(new Beams(4, lengthPenalty), ends, 9), KernelProvider.best(), 2);
        assertTokens(
                all, Expected.tokens(Expected.JSON.get("beams_several_ends").get(String.valueOf(lengthPenalty))));
    }

    @Test
    void oneBeamIsGreedy() {
        List<Generated> all = generate(Expected.options(new Beams(1), 9), KernelProvider.best(), 2);
        assertThat(all).isEqualTo(generate(Expected.options(new Greedy(), 9), KernelProvider.best(), 2));
    }

    @Test
    void tellsWhetherATextHasEnded() {
        List<Generated> all = generate(Expected.options(new Greedy(), 9), KernelProvider.best(), 1);
        assertThat(all).extracting(Generated::ended).startsWith(true, true).endsWith(false, false);
    }

    @Test
    void samplesByTheSeedAndTheRecordsNumberAlone() {
        Options options = Expected.options(new Sampling(1.5, 0, 1, 7), 9);
        List<Generated> all = generate(options, KernelProvider.best(), 1);
        assertThat(generate(options, KernelProvider.best(), 3)).isEqualTo(all);
        try (Generator generator = new Generator(MODEL, Changes.none(), KernelProvider.best(), 1)) {
            List<int[]> last = Expected.prompts().subList(6, 9);
            assertThat(generator.generate(last, 6, options, Generator.Listener.NONE))
                    .isEqualTo(all.subList(6, 9));
            assertThat(generator.generate(last, 0, options, Generator.Listener.NONE))
                    .isNotEqualTo(all.subList(6, 9));
        }
        assertThat(generate(Expected.options(new Sampling(1.5, 0, 1, 8), 9), KernelProvider.best(), 1))
                .isNotEqualTo(all);
    }

    @Test
    void samplingFromTheLikeliestTokenAloneIsGreedy() {
        assertThat(generate(Expected.options(new Sampling(1, 1, 1, 3), 9), KernelProvider.best(), 1))
                .isEqualTo(generate(Expected.options(new Greedy(), 9), KernelProvider.best(), 1));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
    void computesFromWeightsInHalfPrecisionWhatItComputesFromFloat32(Storage storage) {
        // The tiny model's weights are bfloat16 numbers, and float16 holds them but for the smallest.
        try (Generator generator = new Generator(Expected.model(storage), Changes.none(), KernelProvider.best(), 1)) {
            List<Generated> all = generator.generate(
                    Expected.prompts(), 0, Expected.options(new Greedy(), 9), Generator.Listener.NONE);
            assertTokens(all, Expected.tokens(Expected.JSON.get("greedy")));
        }
    }

    @Test
    void hearsTokensAsTheyCome() {
        Map<Integer, List<Integer>> heard = new TreeMap<>();
        List<Generated> all;
        try (Generator generator = new Generator(MODEL, Changes.none(), KernelProvider.best(), 1)) {
            all = generator.generate(
                    Expected.prompts(), 0, Expected.options(new Greedy(), 4), (prompt, token) -> heard.computeIfAbsent(
                                    prompt, any -> new ArrayList<>())
                            .add(token));
        }
        for (int i = 0; i < all.size(); i++) {
            assertThat(heard.get(i)).containsExactly(boxed(all.get(i).tokens()));
        }
    }

    @Test
    void computesAnAdapterBesideTheWeights() {
        Adapter adapter = new Adapter("lora", 4, 2, MODEL.shape().targets(), Map.of());
        float[] parameters = adapter.start(1);
        Options options = Expected.options(new Greedy(), 9);
        List<Generated> base = generate(options, KernelProvider.best(), 1);
        assertThat(withAdapter(adapter, parameters, options)).isEqualTo(base);
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] += 0.02f * (i % 7 - 3);
        }
        assertThat(withAdapter(adapter, parameters, options)).isNotEqualTo(base);
    }

    private static List<Generated> withAdapter(Adapter adapter, float[] parameters, Options options) {
        Changes changes = ModuleChanges.of(
                adapter,
                Tensor.of(1, parameters.length, parameters),
                KernelProvider.best().open());
        try (Generator generator = new Generator(MODEL, changes, KernelProvider.best(), 1)) {
            return generator.generate(Expected.prompts(), 0, options, Generator.Listener.NONE);
        }
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatThrownBy(() -> new Beams(0))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("beams: 0 (must be from 1 to 256)");
        assertThatThrownBy(() -> new Sampling(0, 0, 1, 1))
                .hasMessage("temperature: 0.0 (must be above 0; greedy decoding needs none)");
        assertThatThrownBy(() -> new Sampling(1, -1, 1, 1))
                .hasMessage("top-k: -1 (must be at least 1, or 0 for all tokens)");
        assertThatThrownBy(() -> new Sampling(1, 0, 0, 1)).hasMessage("top-p: 0.0 (must be above 0 and at most 1)");
        assertThatThrownBy(() -> new Options(new Greedy(), 0, Set.of(), 1))
                .hasMessage("max-tokens: 0 (must be from 1 to 1048576)");
        try (Generator generator = new Generator(MODEL, Changes.none(), KernelProvider.best(), 1)) {
            assertThatThrownBy(() -> generator.generate(
                            Expected.prompts(),
                            0,
                            new Options(new Greedy(), 1 << 20, Set.of(), 4096),
                            Generator.Listener.NONE))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("must be fewer: their keys and values do not fit one layer's memory");
        }
    }

    /** Otherwise the first token would always be the likeliest one, or a random draw would take any. */
    @Test
    void choosesNothingByWhatIsNoNumber() {
        for (Decoding decoding : List.of(new Greedy(), new Beams(4), new Sampling(1, 5, 0.9, 1))) {
            try (Generator generator = new Generator(NoNumbers.model(), Changes.none(), KernelProvider.best(), 1)) {
                assertThatThrownBy(() -> generator.generate(
                                Expected.prompts(), 5, Expected.options(decoding, 2), Generator.Listener.NONE))
                        .isInstanceOf(Failure.class)
                        .hasMessage("record 5: the logit of token 0 is NaN (must be a finite number)");
            }
        }
    }

    private static List<Generated> generate(Options options, KernelProvider provider, int threads) {
        try (Generator generator = new Generator(MODEL, Changes.none(), provider, threads)) {
            return generator.generate(Expected.prompts(), 0, options, Generator.Listener.NONE);
        }
    }

    private static void assertTokens(List<Generated> all, List<int[]> expected) {
        assertThat(all).hasSameSizeAs(expected);
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i).tokens()).as("prompt %d", i).isEqualTo(expected.get(i));
        }
    }

    private static Integer[] boxed(int[] tokens) {
        return Arrays.stream(tokens).boxed().toArray(Integer[]::new);
    }
}
