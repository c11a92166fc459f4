package org.loradash.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.loradash.Differences.assertClose;
import static org.loradash.Differences.doubles;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Differences;
import org.loradash.Fixtures;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Dropout;
import org.loradash.autograd.LowRank;
import org.loradash.autograd.Parameter;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Forest;
import org.loradash.kernel.operation.Targets;
import org.loradash.model.Changes;
import org.loradash.model.ModelDirectory;
import org.loradash.model.WeightFiles;
import org.loradash.model.WholeModule;
import org.loradash.model.WholeTensor;
import org.loradash.task.language.TokenBatch;

/** What holds of every decoder, with norms trained whole. */
class DecodersTest {
    private static final Kernels KERNELS = KernelProvider.best().open();
    private static final Arena ARENA = new Arena();

    /** One fixture of each architecture. */
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama-bias",
                "mistral",
                "qwen2",
                "qwen3",
                "gemma2",
                "gemma3",
                "phi3",
                "phi3-longrope",
                "granite",
                "olmo2",
                "smollm3",
                "dynamic"
            })
    private @interface OfEach {}

    /** What is trained in the place of a model's norms: those of the first block, and the last norm. */
    private record Norms(Map<String, Parameter> parameters) implements Changes {
        static Norms of(ModelDirectory files) {
            WeightFiles weights = new WeightFiles(files.weights(), Storage.FLOAT32);
            Map<String, Parameter> norms = new LinkedHashMap<>();
            for (WholeModule module : files.shape().modules()) {
                WholeTensor tensor = module.tensors().get(0);
                if (tensor.isVector() && !tensor.name().matches(".*layers\\.[1-9].*")) {
                    norms.put(
                            tensor.name(),
                            new Parameter(
                                    Tensor.of(1, tensor.columns(), weights.floats(tensor.name(), tensor.shape())),
                                    Tensor.zeros(1, tensor.columns())));
                }
            }
            return new Norms(norms);
        }

        Norms withoutMemory() {
            Map<String, Parameter> shapes = new LinkedHashMap<>();
            parameters.forEach((name, parameter) -> {
                Tensor shape = Tensor.withoutMemory(1, parameter.value().columns());
                shapes.put(name, new Parameter(shape, shape));
            });
            return new Norms(shapes);
        }

        @Override
        public Optional<LowRank> of(String target) {
            return Optional.empty();
        }

        @Override
        public Optional<Parameter> whole(String tensor) {
            return Optional.ofNullable(parameters.get(tensor));
        }

        @Override
        public Dropout dropout(String target) {
            return Dropout.NONE;
        }
    }

    private static ModelDirectory open(String fixture) {
        return ModelDirectory.open(
                new Configuration(),
                Fixtures.path("golden/" + fixture + "/model").toUri().toString());
    }

    private static TokenBatch batch(String fixture, int sequences) {
        Path data = Fixtures.path("golden/" + fixture + "/data.jsonl");
        return Fixtures.batch(data, 0, sequences);
    }

    private static double loss(Decoder model, TokenBatch batch, Changes changes, BlockValues values) {
        Tape tape = new Tape(KERNELS, ARENA, values);
        tape.reset();
        double loss = model.loss(
                tape,
                batch.tokens(),
                Forest.of(batch.starts()),
                batch.longest(),
                Targets.atMostOne(batch.targets()),
                changes,
                1f);
        tape.backward();
        return loss;
    }

    @OfEach
    void gradientsOfNormsAreFiniteDifferences(String fixture) {
        ModelDirectory files = open(fixture);
        Norms norms = Norms.of(files);
        Decoder model = (Decoder) files.load(Storage.FLOAT32);
        TokenBatch batch = batch(fixture, 2);
        loss(model, batch, norms, BlockValues.KEPT);
        Map<String, float[]> gradients = new LinkedHashMap<>();
        norms.parameters()
                .forEach((name, norm) -> gradients.put(name, norm.gradient().toArray()));
        norms.parameters().forEach((name, norm) -> {
            double[] expected =
                    Differences.gradient(norm.value(), () -> loss(model, batch, norms, BlockValues.DROPPED));
            assertClose(name, gradients.get(name), expected, 1e-2);
        });
    }

    /** What is recomputed, kept and planned: the same bits, and the same memory. */
    @OfEach
    void recomputingChangesNothingAndADryRunTakesWhatAStepTakes(String fixture) {
        ModelDirectory files = open(fixture);
        Decoder model = (Decoder) files.load(Storage.FLOAT32);
        TokenBatch batch = batch(fixture, 3);
        float[][] gradients = new float[2][];
        double[] losses = new double[2];
        for (BlockValues values : List.of(BlockValues.KEPT, BlockValues.RECOMPUTED)) {
            Norms norms = Norms.of(files);
            Arena arena = new Arena();
            Tape tape = new Tape(KERNELS, arena, values);
            losses[values.ordinal()] = model.loss(
                    tape,
                    batch.tokens(),
                    Forest.of(batch.starts()),
                    batch.longest(),
                    Targets.atMostOne(batch.targets()),
                    norms,
                    1f);
            tape.backward();
            gradients[values.ordinal()] =
                    norms.parameters().get("model.norm.weight").gradient().toArray();
            Arena planned = Arena.withoutMemory();
            Tape dry = new Tape(Kernels.dry(), planned, values);
            ((Decoder) files.shape().withoutMemory(Storage.FLOAT32))
                    .loss(
                            dry,
                            batch.tokens(),
                            Forest.of(batch.starts()),
                            batch.longest(),
                            Targets.atMostOne(batch.targets()),
                            norms.withoutMemory(),
                            1f);
            dry.backward();
            assertThat(planned.bytesAtMost()).isEqualTo(arena.bytesAtMost()).isPositive();
            arena.free();
        }
        assertThat(losses[1]).isEqualTo(losses[0]);
        assertThat(gradients[1]).containsExactly(gradients[0]);
        for (Storage storage : List.of(Storage.FLOAT32, Storage.BFLOAT16, Storage.NF4)) {
            assertThat(files.shape().withoutMemory(storage).bytes())
                    .isEqualTo(files.load(storage).bytes());
        }
    }

    /** Also of angles that depend on the batch's longest sequence. */
    @OfEach
    void slicesOfABatchAddUpToItsLoss(String fixture) {
        Decoder model = (Decoder) open(fixture).load(Storage.FLOAT32);
        TokenBatch batch = batch(fixture, 6);
        double whole = loss(model, batch, Changes.none(), BlockValues.DROPPED);
        double alone = batch.separate().stream()
                .mapToDouble(slice -> loss(model, slice, Changes.none(), BlockValues.DROPPED))
                .sum();
        assertThat(alone).isCloseTo(whole, within(1e-5 * whole));
    }

    @OfEach
    void sequencesDoNotSeeEachOther(String fixture) {
        Decoder model = (Decoder) open(fixture).load(Storage.FLOAT32);
        TokenBatch batch = batch(fixture, 3);
        int[] tokens = batch.tokens().clone();
        for (int i = batch.starts()[1]; i < batch.starts()[2]; i++) {
            tokens[i] = (tokens[i] + 1) % 90;
        }
        float[] before = logits(model, batch.tokens(), batch.starts());
        float[] after = logits(model, tokens, batch.starts());
        int from = batch.starts()[1] * 90;
        int to = batch.starts()[2] * 90;
        assertThat(Arrays.equals(before, 0, from, after, 0, from)).isTrue();
        assertThat(Arrays.equals(before, to, before.length, after, to, after.length))
                .isTrue();
        assertThat(Arrays.equals(before, from, to, after, from, to)).isFalse();
    }

    @OfEach
    void theLossIsThatOfTheLogits(String fixture) {
        Decoder model = (Decoder) open(fixture).load(Storage.FLOAT32);
        TokenBatch batch = batch(fixture, 3);
        double[] logits = doubles(logits(model, batch.tokens(), batch.starts()));
        double expected = 0;
        for (int i = 0; i < batch.tokenCount(); i++) {
            if (batch.targets()[i] != TokenBatch.NO_TARGET) {
                double sum = Arrays.stream(logits, i * 90, (i + 1) * 90)
                        .map(Math::exp)
                        .sum();
                expected += Math.log(sum) - logits[i * 90 + batch.targets()[i]];
            }
        }
        assertThat(loss(model, batch, Changes.none(), BlockValues.DROPPED))
                .isCloseTo(expected, within(1e-5 * expected));
    }

    private static float[] logits(Decoder model, int[] tokens, int[] starts) {
        Tape tape = Tape.forward(KERNELS, ARENA);
        tape.reset();
        return model.logits(tape, tokens, starts, Changes.none()).toArray();
    }
}
