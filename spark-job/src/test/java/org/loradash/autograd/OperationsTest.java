package org.loradash.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.loradash.Differences.normal;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.Forest;
import org.loradash.kernel.operation.GroupNorm;
import org.loradash.kernel.operation.Patches;

/** Every operation's backward is the derivative of its forward. */
class OperationsTest {
    private static final Arena ARENA = new Arena();
    private static final Attention.Angles ANGLES = angles();
    private final Kernels kernels = KernelProvider.best().open();

    @ParameterizedTest
    @EnumSource(Storage.class)
    void linear(Storage storage) {
        Weight weight = weight(1, 6, 7, storage);
        differentiated((tape, in) -> linear(tape, in.get(0), weight), normal(2, 5, 7, 1))
                .inputsAgree();
    }

    @ParameterizedTest
    @ValueSource(floats = {0f, 0.3f})
    void linearWithALowRankChange(float dropout) {
        Weight weight = weight(1, 6, 7, Storage.FLOAT32);
        LowRank change = change(3, 6, 7);
        differentiated(
                        (tape, in) -> linear(tape, in.get(0), weight, change, new Dropout(dropout, 5)),
                        normal(2, 5, 7, 1))
                .inputsAgree()
                .parameterAgrees("a", change.a(), change.aGradient())
                .parameterAgrees("b", change.b(), change.bGradient());
    }

    @ParameterizedTest
    @EnumSource(
            value = Storage.class,
            names = {"BFLOAT16", "FLOAT16"})
    void linearWithALowRankChangeOfAHalfPrecisionWeight(Storage storage) {
        Weight weight = weight(1, 6, 7, storage);
        LowRank change = change(3, 6, 7);
        differentiated((tape, in) -> linear(tape, in.get(0), weight, change, new Dropout(0.5f, 5)), normal(2, 5, 7, 1))
                .inputsAgree()
                .parameterAgrees("a", change.a(), change.aGradient())
                .parameterAgrees("b", change.b(), change.bGradient());
    }

    @ParameterizedTest
    @ValueSource(floats = {0f, 0.25f})
    void layersThatShareTheirInputAreOneWithChangesOfSomeOfItsOutputs(float dropout) {
        Weight stacked = weight(1, 9, 7, Storage.FLOAT32);
        Tensor a = normal(3, 5, 7, 0.5);
        Tensor aGradient = Tensor.zeros(5, 7);
        // The first two outputs, then two that nothing changes, then the other five.
        LowRank first = new LowRank(a.rows(0, 2), normal(4, 2, 2, 0.5), aGradient.rows(0, 2), Tensor.zeros(2, 2));
        LowRank second = new LowRank(a.rows(2, 5), normal(5, 5, 3, 0.5), aGradient.rows(2, 5), Tensor.zeros(5, 3));
        OutputChanges change = new OutputChanges(List.of(
                new OutputChanges.Part(0, first, new Dropout(dropout, 7)),
                new OutputChanges.Part(4, second, new Dropout(dropout, 8))));
        differentiated(
                        (tape, in) -> Linear.apply(tape, LinearInput.of(in.get(0)), stacked, Optional.of(change)),
                        normal(2, 5, 7, 1))
                .inputsAgree()
                .parameterAgrees("a", a, aGradient)
                .parameterAgrees("first b", first.b(), first.bGradient())
                .parameterAgrees("second b", second.b(), second.bGradient());
    }

    @ParameterizedTest
    @ValueSource(floats = {1f, 0.75f})
    void linearWithADenseChange(float kept) {
        for (Storage storage : Storage.values()) {
            Weight weight = weight(1, 6, 7, storage);
            Dense dense = new Dense(kept, normal(3, 6, 7, 0.5), Tensor.zeros(6, 7));
            OutputChanges change = new OutputChanges(List.of(), List.of(new OutputChanges.DensePart(0, dense)));
            differentiated(
                            (tape, in) -> Linear.apply(tape, LinearInput.of(in.get(0)), weight, Optional.of(change)),
                            normal(2, 5, 7, 1))
                    .inputsAgree()
                    .parameterAgrees("added", dense.added(), dense.addedGradient());
        }
    }

    @ParameterizedTest
    @CsvSource({"3, 1, 1, 1, 3, 4", "3, 1, 2, 1, 2, 2", "3, 0, 2, 1, 1, 2", "3, 1, 1, 2, 6, 7", "1, 0, 1, 1, 3, 4"})
    void convolution(int side, int before, int stride, int enlargement, int height, int width) {
        Patches.View view = new Patches.View(3, 4, side, before, stride, enlargement, height, width);
        Tensor weight = normal(1, 5, side * side * 2, 0.5);
        differentiated(
                        (tape, in) -> Convolution.apply(
                                tape, in.get(0), weight, normal(2, 1, 5, 1), Optional.of(in.get(1)), view),
                        normal(3, 12, 2, 1),
                        normal(4, 1, 5, 1))
                .inputsAgree();
    }

    @ParameterizedTest
    @EnumSource
    void groupNorm(GroupNorm.Then then) {
        differentiated(
                        (tape, in) -> org.loradash.autograd.GroupNorm.apply(
                                tape, in.get(0), 2, normal(1, 1, 6, 1), normal(2, 1, 6, 1), 1e-3f, then),
                        normal(3, 5, 6, 1))
                .inputsAgree();
    }

    @Test
    void crossAttention() {
        differentiated(
                        (tape, in) -> CrossAttention.apply(tape, in.get(0), in.get(1), 2),
                        normal(1, 5, 6, 1),
                        normal(2, 3, 12, 1))
                .inputsAgree();
    }

    @Test
    void beside() {
        differentiated((tape, in) -> Beside.apply(tape, in.get(0), in.get(1)), normal(1, 3, 2, 1), normal(2, 3, 4, 1))
                .inputsAgree();
    }

    @Test
    void gatedBySecond() {
        Weight weight = weight(1, 6, 7, Storage.FLOAT32);
        differentiated(
                        (tape, in) -> Linear.apply(
                                tape, LinearInput.gatedBySecond(in.get(0), Activation.GELU), weight, Optional.empty()),
                        normal(2, 5, 14, 1))
                .inputsAgree();
    }

    @Test
    void aDenseChangeIsOneOfTheWeight() {
        Weight weight = weight(1, 6, 7, Storage.FLOAT32);
        Tensor added = normal(3, 6, 7, 0.5);
        float[] sum = weight.plain().orElseThrow().toArray();
        for (int i = 0; i < sum.length; i++) {
            sum[i] = 0.75f * sum[i] + added.toArray()[i];
        }
        Weight changed = Weight.allocate(6, 7, Storage.FLOAT32);
        changed.write(0, sum, sum.length);
        OutputChanges change =
                new OutputChanges(List.of(), List.of(new OutputChanges.DensePart(0, new Dense(0.75f, added, null))));
        Tape tape = tape();
        LinearInput x = LinearInput.of(tape.input(normal(2, 5, 7, 1)));
        float[] expected =
                linear(tape, tape.input(normal(2, 5, 7, 1)), changed).value().toArray();
        assertThat(Linear.apply(tape, x, weight, Optional.of(change)).value().toArray())
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(expected);
    }

    @ParameterizedTest
    @ValueSource(floats = {0f, 0.25f})
    void denseChangesOfSomeOutputsAddUpWithLowRankOnes(float dropout) {
        Weight stacked = weight(1, 9, 7, Storage.FLOAT32);
        LowRank lowRank = change(3, 4, 7);
        // The first two outputs, then two that only the low-rank change reaches, then three that nothing does.
        Dense first = new Dense(0.5f, normal(5, 2, 7, 0.5), Tensor.zeros(2, 7));
        Dense second = new Dense(1.25f, normal(6, 2, 7, 0.5), Tensor.zeros(2, 7));
        OutputChanges change = new OutputChanges(
                List.of(new OutputChanges.Part(0, lowRank, new Dropout(dropout, 7))),
                List.of(new OutputChanges.DensePart(0, first), new OutputChanges.DensePart(7, second)));
        differentiated(
                        (tape, in) -> Linear.apply(
                                tape, LinearInput.gated(in.get(0), Activation.SILU), stacked, Optional.of(change)),
                        normal(2, 5, 14, 1))
                .inputsAgree()
                .parameterAgrees("a", lowRank.a(), lowRank.aGradient())
                .parameterAgrees("b", lowRank.b(), lowRank.bGradient())
                .parameterAgrees("first", first.added(), first.addedGradient())
                .parameterAgrees("second", second.added(), second.addedGradient());
    }

    /** There the residual stream's gradient and that of the layer's result are one memory at first. */
    @Test
    void aDenselyChangedLayerOfANormalisedInputBesideItsResidual() {
        Tensor norm = normal(9, 1, 7, 1);
        Weight weight = weight(1, 7, 7, Storage.FLOAT32);
        Dense dense = new Dense(0.75f, normal(3, 7, 7, 0.5), Tensor.zeros(7, 7));
        OutputChanges change = new OutputChanges(List.of(), List.of(new OutputChanges.DensePart(0, dense)));
        differentiated(
                        (tape, in) -> Sum.add(
                                tape,
                                in.get(0),
                                Linear.apply(
                                        tape,
                                        LinearInput.normalised(tape, in.get(0), norm, 1e-5f),
                                        weight,
                                        Optional.of(change))),
                        normal(2, 5, 7, 1))
                .inputsAgree()
                .parameterAgrees("added", dense.added(), dense.addedGradient());
    }

    @Test
    void changesWhoseFactorsLieApartAreRefused() {
        OutputChanges apart = new OutputChanges(List.of(
                new OutputChanges.Part(0, change(3, 6, 7), Dropout.NONE),
                new OutputChanges.Part(6, change(4, 6, 7), Dropout.NONE)));
        assertThatThrownBy(apart::a)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensors: Tensor[2 x 7] after 2 rows of Tensor[2 x 7] (must follow in memory)");
    }

    @ParameterizedTest
    @ValueSource(floats = {0f, 0.25f})
    void linearOfANormalisedInput(float dropout) {
        Tensor norm = normal(9, 1, 7, 1);
        Weight weight = weight(1, 6, 7, Storage.FLOAT32);
        LowRank change = change(3, 6, 7);
        differentiated(
                        (tape, in) -> Linear.apply(
                                tape,
                                LinearInput.normalised(tape, in.get(0), norm, 1e-5f),
                                weight,
                                Optional.of(OutputChanges.of(change, new Dropout(dropout, 7)))),
                        normal(2, 5, 7, 1))
                .inputsAgree()
                .parameterAgrees("a", change.a(), change.aGradient())
                .parameterAgrees("b", change.b(), change.bGradient());
    }

    @ParameterizedTest
    @ValueSource(floats = {0f, 0.25f})
    void linearOfAGatedInput(float dropout) {
        Weight weight = weight(1, 6, 7, Storage.FLOAT32);
        LowRank change = change(3, 6, 7);
        differentiated(
                        (tape, in) -> Linear.apply(
                                tape,
                                LinearInput.gated(in.get(0), Activation.SILU),
                                weight,
                                Optional.of(OutputChanges.of(change, new Dropout(dropout, 7)))),
                        normal(2, 5, 14, 1))
                .inputsAgree()
                .parameterAgrees("a", change.a(), change.aGradient())
                .parameterAgrees("b", change.b(), change.bGradient());
    }

    @Test
    void frozenLinearOfAGatedInput() {
        Weight weight = weight(1, 6, 7, Storage.FLOAT32);
        differentiated(
                        (tape, in) -> Linear.apply(
                                tape, LinearInput.gated(in.get(0), Activation.SILU), weight, Optional.empty()),
                        normal(2, 5, 14, 1))
                .inputsAgree();
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void linearOfAnActivatedInput(Activation activation) {
        Weight weight = weight(1, 6, 7, Storage.FLOAT32);
        LowRank change = change(3, 6, 7);
        differentiated(
                        (tape, in) -> Linear.apply(
                                tape,
                                LinearInput.activated(in.get(0), activation),
                                weight,
                                Optional.of(OutputChanges.of(change, new Dropout(0.25f, 7)))),
                        awayFromZero(5, 7))
                .inputsAgree()
                .parameterAgrees("a", change.a(), change.aGradient())
                .parameterAgrees("b", change.b(), change.bGradient());
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void activation(Activation activation) {
        differentiated((tape, in) -> Activate.apply(tape, in.get(0), activation), awayFromZero(5, 7))
                .inputsAgree();
    }

    /** Where the rectifier has its bend, differences agree with neither side. */
    private static Tensor awayFromZero(int rows, int columns) {
        float[] values = normal(2, rows, columns, 1).toArray();
        for (int i = 0; i < values.length; i++) {
            values[i] += Math.copySign(0.1f, values[i]);
        }
        return Tensor.of(rows, columns, values);
    }

    @ParameterizedTest
    @EnumSource(Storage.class)
    void aFrozenBiasIsAddedToEveryRow(Storage storage) {
        Weight weight = weight(1, 6, 7, storage);
        Tensor bias = normal(8, 1, 6, 1);
        LowRank lowRank = change(3, 4, 7);
        Dense dense = new Dense(0.5f, normal(5, 2, 7, 0.5), Tensor.zeros(2, 7));
        OutputChanges change = new OutputChanges(
                List.of(new OutputChanges.Part(0, lowRank, Dropout.NONE)),
                List.of(new OutputChanges.DensePart(4, dense)));
        for (Optional<OutputChanges> changes : List.of(Optional.of(change), Optional.<OutputChanges>empty())) {
            Tape tape = tape();
            LinearInput x = LinearInput.of(tape.input(normal(2, 5, 7, 1)));
            float[] expected = Linear.apply(tape, x, weight, changes).value().toArray();
            for (int i = 0; i < expected.length; i++) {
                expected[i] += bias.toArray()[i % 6];
            }
            assertThat(Linear.apply(tape, x, weight, Optional.of(bias), changes)
                            .value()
                            .toArray())
                    .usingComparatorWithPrecision(1e-5f)
                    .containsExactly(expected);
            differentiated(
                            (inner, in) ->
                                    Linear.apply(inner, LinearInput.of(in.get(0)), weight, Optional.of(bias), changes),
                            normal(2, 5, 7, 1))
                    .inputsAgree();
        }
    }

    @Test
    void linearLayersOnOneVariableAddUpItsGradient() {
        Weight first = weight(1, 7, 7, Storage.FLOAT32);
        Weight second = weight(2, 7, 7, Storage.FLOAT32);
        LowRank change = change(3, 7, 7);
        differentiated(
                        (tape, in) -> Sum.add(
                                tape,
                                linear(tape, in.get(0), first),
                                linear(tape, in.get(0), second, change, new Dropout(0.25f, 7))),
                        normal(2, 5, 7, 1))
                .inputsAgree()
                .parameterAgrees("a", change.a(), change.aGradient())
                .parameterAgrees("b", change.b(), change.bGradient());
    }

    @Test
    void rmsNorm() {
        Tensor weight = normal(1, 1, 7, 1);
        differentiated((tape, in) -> RmsNorm.apply(tape, in.get(0), weight, 1e-5f), normal(2, 5, 7, 1))
                .inputsAgree();
    }

    /** Two heads of three and one of four, then two columns that stay. */
    @Test
    void normsOfHeads() {
        Parameter three = new Parameter(normal(1, 1, 3, 1), Tensor.zeros(1, 3));
        Parameter four = new Parameter(normal(2, 1, 4, 1), Tensor.zeros(1, 4));
        differentiated(
                        (tape, in) -> HeadNorm.apply(
                                tape,
                                in.get(0),
                                List.of(new HeadNorm.Heads(0, 6, three), new HeadNorm.Heads(6, 10, four)),
                                1e-5f),
                        normal(3, 5, 12, 1))
                .inputsAgree()
                .parameterAgrees("three", three.value(), three.gradient())
                .parameterAgrees("four", four.value(), four.gradient());
    }

    @Test
    void normsOfHeadsOfAValueThatIsUsedElsewhereToo() {
        Parameter weight = Parameter.frozen(normal(1, 1, 3, 1));
        differentiated(
                        (tape, in) -> Sum.add(
                                tape,
                                in.get(0),
                                HeadNorm.apply(tape, in.get(0), List.of(new HeadNorm.Heads(0, 6, weight)), 1e-5f)),
                        normal(3, 5, 6, 1))
                .inputsAgree();
    }

    @Test
    void aScaledPartOfASum() {
        Tensor weight = normal(1, 1, 6, 1);
        // What is read before is copied.
        differentiated(
                        (tape, in) -> Sum.add(
                                tape,
                                RmsNorm.apply(tape, in.get(0), weight, 1e-5f),
                                Scaled.apply(tape, in.get(0), -0.5f)),
                        normal(3, 5, 6, 1))
                .inputsAgree();
        // What nothing else uses becomes the result, and the sum's gradient is shared.
        differentiated(
                        (tape, in) -> Sum.add(
                                tape,
                                in.get(0),
                                Scaled.apply(tape, RmsNorm.apply(tape, in.get(0), weight, 1e-5f), 0.4f)),
                        normal(3, 5, 6, 1))
                .inputsAgree();
    }

    @ParameterizedTest
    @CsvSource({"2, 2", "2, 1", "4, 2"})
    void attention(int heads, int keyHeads) {
        Attention.Heads layer = Attention.Heads.plain(heads, keyHeads, 4);
        Forest sequences = Forest.of(new int[] {0, 1, 4});
        differentiated(
                        (tape, in) -> Attention.apply(tape, in.get(0), layer, sequences, Optional.of(ANGLES)),
                        normal(1, 4, 4 * (heads + 2 * keyHeads), 1))
                .inputsAgree();
    }

    /** A prefix of two tokens with branches of one and of two, one of which has branches of its own, beside another tree. */
    @ParameterizedTest
    @CsvSource({"2, 1, false", "2, 2, true"})
    void attentionInATree(int heads, int keyHeads, boolean window) {
        Attention.Heads layer = new Attention.Heads(
                heads, keyHeads, 0.7f, OptionalDouble.empty(), window ? OptionalInt.of(3) : OptionalInt.empty());
        Forest forest = Forest.of(new int[] {0, 2, 3, 5, 6, 7, 9}, new int[] {-1, 0, 0, 2, 2, -1});
        differentiated(
                        (tape, in) -> Attention.apply(tape, in.get(0), layer, forest, Optional.of(ANGLES)),
                        normal(1, 9, 4 * (heads + 2 * keyHeads), 1))
                .inputsAgree();
    }

    /** A window and a cap, rotary positions of a part of each head, and none. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void attentionOfAWindow(boolean rotary) {
        Attention.Heads layer = new Attention.Heads(2, 1, 0.7f, OptionalDouble.of(1.5), OptionalInt.of(2));
        Forest sequences = Forest.of(new int[] {0, 1, 5});
        differentiated(
                        (tape, in) -> Attention.apply(
                                tape, in.get(0), layer, sequences, rotary ? Optional.of(ANGLES) : Optional.empty()),
                        normal(1, 5, 7 * (2 + 2), 1))
                .inputsAgree();
    }

    @Test
    void attentionBothWays() {
        differentiated(
                        (tape, in) -> Attention.bothWays(tape, in.get(0), 2, new int[] {0, 1, 4}),
                        normal(1, 4, 3 * 2 * 4, 1))
                .inputsAgree();
    }

    /** Sequences of one, four and three tokens, so that some distances share their row and the longest is not the last. */
    @ParameterizedTest
    @CsvSource({"true, true, 4, 8", "true, false, 4, 8", "false, true, 4, 8", "true, true, 0, 2", "true, true, 0, 9"})
    void relativeAttention(boolean contentToPosition, boolean positionToContent, int buckets, int most) {
        RelativeAttention.Shape shape = new RelativeAttention.Shape(
                2, new int[] {0, 1, 5, 8}, new RelativePositions(buckets, most), contentToPosition, positionToContent);
        int rows = shape.positions().to(4) - shape.positions().from(4);
        int terms = contentToPosition && positionToContent ? 2 : 1;
        differentiated(
                        (tape, in) -> RelativeAttention.apply(tape, in.get(0), in.get(1), shape),
                        normal(1, 8, 3 * 2 * 3, 1),
                        normal(2, rows, terms * 2 * 3, 1))
                .inputsAgree();
    }

    @Test
    void layerNorm() {
        Parameter weight = new Parameter(normal(1, 1, 7, 1), Tensor.zeros(1, 7));
        Parameter bias = new Parameter(normal(3, 1, 7, 1), Tensor.zeros(1, 7));
        differentiated((tape, in) -> LayerNorm.apply(tape, in.get(0), weight, bias, 1e-5f), normal(2, 5, 7, 1))
                .inputsAgree()
                .parameterAgrees("weight", weight.value(), weight.gradient())
                .parameterAgrees("bias", bias.value(), bias.gradient());
    }

    @Test
    void normsOfSumsThatAFunctionIsAddedTo() {
        Tensor weight = normal(1, 1, 7, 1);
        Tensor bias = normal(3, 1, 7, 1);
        Weight square = weight(4, 7, 7, Storage.FLOAT32);
        differentiated(
                        (tape, in) -> {
                            Variable first = Sum.add(tape, in.get(0), linear(tape, in.get(0), square));
                            Variable x = LayerNorm.apply(tape, first, weight, bias, 1e-5f);
                            Variable second = Sum.add(tape, x, linear(tape, x, square));
                            return LayerNorm.apply(tape, second, weight, bias, 1e-5f);
                        },
                        normal(2, 5, 7, 1))
                .inputsAgree();
    }

    @Test
    void dropped() {
        differentiated(
                        (tape, in) -> Sum.add(tape, in.get(0), Dropped.apply(tape, in.get(0), new Dropout(0.4f, 3))),
                        normal(1, 5, 7, 1))
                .inputsAgree();
    }

    @Test
    void rows() {
        differentiated((tape, in) -> Rows.gather(tape, in.get(0), new int[] {4, 0, 3}), normal(1, 6, 5, 1))
                .inputsAgree();
    }

    @Test
    void sum() {
        differentiated((tape, in) -> Sum.add(tape, in.get(0), in.get(1)), normal(1, 5, 7, 1), normal(2, 5, 7, 1))
                .inputsAgree();
    }

    @ParameterizedTest
    @EnumSource(
            value = BlockValues.class,
            names = {"KEPT", "RECOMPUTED"})
    void blocksOnOneResidualStream(BlockValues values) {
        Tensor norm = normal(1, 1, 6, 1);
        Weight gateUp = weight(2, 16, 6, Storage.FLOAT32);
        Weight down = weight(4, 6, 8, Storage.FLOAT32);
        LowRank ofUp = change(5, 8, 6);
        LowRank ofDown = change(6, 6, 8);
        Tape.Block block = (tape, x) -> {
            LinearInput h = LinearInput.normalised(tape, x, norm, 1e-5f);
            OutputChanges change = new OutputChanges(List.of(new OutputChanges.Part(8, ofUp, Dropout.NONE)));
            LinearInput gated = LinearInput.gated(Linear.apply(tape, h, gateUp, Optional.of(change)), Activation.SILU);
            Optional<OutputChanges> last = Optional.of(OutputChanges.of(ofDown, new Dropout(0.2f, 1)));
            return Sum.add(tape, x, Linear.apply(tape, gated, down, last));
        };
        Weight last = weight(7, 5, 6, Storage.FLOAT32);
        new Differentiated(
                        new Tape(kernels, ARENA, values),
                        (tape, in) -> linear(tape, tape.block(tape.block(in.get(0), block), block), last),
                        normal(8, 4, 6, 1))
                .inputsAgree()
                .parameterAgrees("a of up", ofUp.a(), ofUp.aGradient())
                .parameterAgrees("b of up", ofUp.b(), ofUp.bGradient())
                .parameterAgrees("a of down", ofDown.a(), ofDown.aGradient())
                .parameterAgrees("b of down", ofDown.b(), ofDown.bGradient());
    }

    @Test
    void dropoutLeavesTheFrozenPathAlone() {
        Tape tape = tape();
        Weight weight = weight(1, 6, 7, Storage.FLOAT32);
        LowRank change = change(3, 6, 7);
        change.b().fill(0f);
        Tensor x = normal(2, 5, 7, 1);
        float[] plain = linear(tape, tape.constant(x), weight).value().toArray();
        float[] dropped = linear(tape, tape.constant(x), weight, change, new Dropout(0.9f, 1))
                .value()
                .toArray();
        assertThat(dropped).containsExactly(plain);
    }

    @Test
    void embeddingTakesRowsAndNeedsNoGradient() {
        Tape tape = tape();
        Variable rows = Embedding.apply(tape, weight(1, 4, 3, Storage.FLOAT32), new int[] {2, 0, 2});
        float[] table = normal(1, 4, 3, 0.5).toArray();
        assertThat(rows.value().toArray())
                .containsExactly(
                        table[6], table[7], table[8], table[0], table[1], table[2], table[6], table[7], table[8]);
        assertThat(rows.needsGradient()).isFalse();
    }

    @Test
    void nothingBelowTheFirstTrainableParameterGetsAGradient() {
        Tape tape = tape();
        Weight square = weight(1, 6, 6, Storage.FLOAT32);
        LowRank change = change(3, 6, 6);
        Variable embedded = tape.constant(normal(2, 5, 6, 1));
        Variable norm = RmsNorm.apply(tape, embedded, normal(3, 1, 6, 1), 1e-5f);
        Variable frozen = linear(tape, norm, square);
        Variable adapted = linear(tape, norm, square, change, new Dropout(0.5f, 1));
        Variable sum = Sum.add(tape, frozen, adapted);
        sum.gradient(normal(4, 5, 6, 1));
        tape.backward();

        assertThat(List.of(embedded.needsGradient(), norm.needsGradient(), frozen.needsGradient()))
                .containsOnly(false);
        assertThat(embedded.hasGradient()).isFalse();
        assertThat(norm.hasGradient()).isFalse();
        assertThat(change.bGradient().toArray()).doesNotContain(0f);
    }

    @Test
    void frozenOperationsRecordNothing() {
        Tape tape = tape();
        Variable x = tape.constant(normal(2, 5, 6, 1));
        Variable qkv = linear(tape, x, weight(1, 12, 6, Storage.FLOAT32));
        Attention.Heads heads = Attention.Heads.plain(1, 1, 4);
        Forest sequences = Forest.of(new int[] {0, 5});
        Variable result =
                Rows.gather(tape, Attention.apply(tape, qkv, heads, sequences, Optional.of(ANGLES)), new int[] {1});
        Arena.Mark before = tape.arena().mark();
        tape.backward();
        assertThat(tape.arena().mark()).as("memory taken by an empty backward").isEqualTo(before);
        assertThat(List.of(result.needsGradient(), qkv.hasGradient())).containsOnly(false);
    }

    private Differentiated differentiated(Differentiated.Operation operation, Tensor... arguments) {
        return new Differentiated(new Tape(kernels, ARENA), operation, arguments);
    }

    private Tape tape() {
        Tape tape = new Tape(kernels, ARENA);
        tape.reset();
        return tape;
    }

    static Variable linear(Tape tape, Variable x, Weight weight) {
        return Linear.apply(tape, LinearInput.of(x), weight, Optional.empty());
    }

    static Variable linear(Tape tape, Variable x, Weight weight, LowRank change, Dropout dropout) {
        return Linear.apply(tape, LinearInput.of(x), weight, Optional.of(OutputChanges.of(change, dropout)));
    }

    /** Angles of heads that are four wide, at positions below nine. */
    static Attention.Angles angles() {
        Attention.Angles angles = new Attention.Angles(Tensor.zeros(9, 2), Tensor.zeros(9, 2));
        for (int position = 0; position < 9; position++) {
            float[] cosines = {(float) Math.cos(position), (float) Math.cos(0.1 * position)};
            float[] sines = {(float) Math.sin(position), (float) Math.sin(0.1 * position)};
            angles.cosines().rows(position, position + 1).write(cosines, 0);
            angles.sines().rows(position, position + 1).write(sines, 0);
        }
        return angles;
    }

    static Weight weight(long seed, int rows, int columns, Storage storage) {
        Weight weight = Weight.allocate(rows, columns, storage);
        weight.write(0, normal(seed, rows, columns, 0.5).toArray(), rows * columns);
        return weight;
    }

    static LowRank change(long seed, int outputs, int inputs) {
        int rank = 2;
        return new LowRank(
                normal(seed, rank, inputs, 0.5),
                normal(seed + 1, outputs, rank, 0.5),
                Tensor.zeros(rank, inputs),
                Tensor.zeros(outputs, rank));
    }
}
