package org.loradash.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.loradash.Fixtures;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.ChangeFactors;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Dense;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.data.Sequence;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.Architectures;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Target;
import org.loradash.model.decoder.Decoder;
import org.loradash.model.decoder.DecoderShape;
import org.loradash.task.Task.Slicing;
import org.loradash.task.language.NextTokens;
import org.loradash.task.language.TokenBatch;
import org.loradash.train.TaskObjective.Options;

class StepMemoryTest {
    private static final String DIRECTORY =
            Fixtures.path("tiny-llama/model").toUri().toString();
    private static final DecoderShape SHAPE = (DecoderShape) Architectures.shape(new Configuration(), DIRECTORY);
    private static final Map<Storage, Decoder> LOADED = new EnumMap<>(Storage.class);
    private static final NextTokens TASK = Fixtures.nextTokens(64);
    private static final Adapter LORA = new Adapter("lora", 4, 1, SHAPE.targets(), Map.of());
    private static final Kernels KERNELS = KernelProvider.best().open();

    @Test
    void aShapeHasTheBytesOfTheWeightsInMemory() {
        for (Storage storage : Storage.values()) {
            assertThat(SHAPE.withoutMemory(storage).bytes())
                    .as("%s", storage)
                    .isEqualTo(loaded(storage).bytes())
                    .isPositive();
        }
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void isWhatAStepTakesOfItsArena(
            @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 2, max = 20) Integer> lengths,
            @ForAll Storage storage,
            @ForAll BlockValues values,
            @ForAll @IntRange(max = 9) int rank,
            @ForAll boolean dense,
            @ForAll boolean drops,
            @ForAll @IntRange(max = 3) int kinds) {
        List<Target> targets = SHAPE.targets().stream()
                .filter(target -> target.outputs() % (kinds + 1) == 0)
                .toList();
        TokenBatch slice =
                TokenBatch.of(lengths.stream().map(StepMemoryTest::sequence).toList());
        Options options = new Options(drops ? 0.1 : 0, 1, new Slicing(1024, true), values);
        Arena arena = new Arena();
        Tape tape = new Tape(KERNELS, arena, values);
        Adapter adapter = new Adapter("lora", rank, 1, targets, Map.of());
        SliceChanges changes = new SliceChanges(
                ChangeFactors.allocate(adapter),
                ChangeFactors.allocate(adapter),
                dense ? dense(targets) : Map.of(),
                Map.of(),
                options.dropout(),
                OptionalLong.of(1));
        TASK.loss(tape, loaded(storage), slice, changes, 1f);
        tape.backward();
        Arena planned = StepMemory.arena(
                TASK,
                SHAPE.withoutMemory(storage),
                new Adapter(dense ? "full" : "lora", rank, 1, targets, Map.of()),
                rank,
                options,
                slice);
        assertThat(planned.bytesAtMost()).isEqualTo(arena.bytesAtMost()).isPositive();
        assertThat(planned.bytesHeld()).isEqualTo(arena.bytesHeld());
        arena.free();
    }

    /** More tokens never take less, so that the largest slice bounds all. */
    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void growsWithTheSlice(
            @ForAll @IntRange(min = 2, max = 300) int tokens,
            @ForAll @IntRange(min = 2, max = 64) int longest,
            @ForAll BlockValues values) {
        Options options = new Options(0.1, 1, new Slicing(1024, true), values);
        long previous = 0;
        for (int more = 0; more < 3; more++) {
            long bytes = StepMemory.arena(
                            TASK,
                            SHAPE.withoutMemory(Storage.BFLOAT16),
                            LORA,
                            4,
                            options,
                            slice(tokens + more, longest))
                    .bytesAtMost();
            assertThat(bytes).isGreaterThanOrEqualTo(previous);
            previous = bytes;
        }
    }

    /** So that a loss measured on held-out records needs no plan of its own. */
    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void aForwardPassAloneTakesNoMoreThanAStep(
            @ForAll @IntRange(min = 2, max = 300) int tokens,
            @ForAll @IntRange(min = 2, max = 64) int longest,
            @ForAll Storage storage,
            @ForAll boolean recomputes) {
        long alone = bytes(storage, new Options(0, 1, new Slicing(1024, true), BlockValues.DROPPED), tokens, longest);
        BlockValues values = recomputes ? BlockValues.RECOMPUTED : BlockValues.KEPT;
        assertThat(bytes(storage, new Options(0, 1, new Slicing(1024, true), values), tokens, longest))
                .isGreaterThanOrEqualTo(alone);
    }

    private static long bytes(Storage storage, Options options, int tokens, int longest) {
        TokenBatch slice = slice(tokens, longest);
        return StepMemory.arena(TASK, SHAPE.withoutMemory(storage), LORA, 4, options, slice)
                .bytesAtMost();
    }

    /** As large as a slice of so many tokens can be, in sequences of at most that length. */
    private static TokenBatch slice(int tokens, int longest) {
        return Fixtures.nextTokens(Math.min(tokens, longest)).largestSlice(1, new Slicing(tokens, false));
    }

    private static Map<String, Dense> dense(List<Target> targets) {
        Map<String, Dense> changes = new LinkedHashMap<>();
        targets.forEach(target -> changes.put(target.name(), new Dense(0.5f, like(target), like(target))));
        return changes;
    }

    private static Tensor like(Target target) {
        return Tensor.zeros(target.outputs(), target.inputs());
    }

    private static Sequence sequence(int length) {
        int[] tokens = new int[length];
        for (int i = 0; i < length; i++) {
            tokens[i] = i % 50;
        }
        return new Sequence(tokens, tokens);
    }

    private static Decoder loaded(Storage storage) {
        return LOADED.computeIfAbsent(storage, StepMemoryTest::load);
    }

    private static Decoder load(Storage storage) {
        try (ModelDirectory directory = ModelDirectory.open(new Configuration(), DIRECTORY)) {
            return (Decoder) directory.load(storage);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
