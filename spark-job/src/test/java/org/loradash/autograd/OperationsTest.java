package org.loradash.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.loradash.Differences.normal;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.config.Settings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;

/** Every operation's backward is the derivative of its forward. */
class OperationsTest {
    private static final Arena ARENA = new Arena();
    private final Kernels kernels = KernelProvider.best().open();

    @ParameterizedTest
    @EnumSource(Storage.class)
    void linear(Storage storage) {
        Weight weight = weight(1, 6, 7, storage);
        differentiated((tape, in) -> Linear.apply(tape, in.get(0), weight), normal(2, 5, 7, 1))
                .inputsAgree();
    }

    @ParameterizedTest
    @ValueSource(floats = {0f, 0.3f})
    void linearWithALowRankChange(float dropout) {
        Weight weight = weight(1, 6, 7, Storage.FLOAT32);
        LowRank change = change(3, 6, 7);
        differentiated(
                        (tape, in) -> Linear.apply(tape, in.get(0), weight, change, new Dropout(dropout, 5)),
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
        differentiated(
                        (tape, in) -> Linear.apply(tape, in.get(0), weight, change, new Dropout(0.5f, 5)),
                        normal(2, 5, 7, 1))
                .inputsAgree()
                .parameterAgrees("a", change.a(), change.aGradient())
                .parameterAgrees("b", change.b(), change.bGradient());
    }

    @Test
    void linearLayersThatShareTheirInputAddUpItsGradient() {
        Weight first = weight(1, 6, 7, Storage.FLOAT32);
        Weight second = weight(2, 6, 7, Storage.FLOAT32);
        LowRank change = change(3, 6, 7);
        differentiated(
                        (tape, in) -> SwiGlu.apply(
                                tape,
                                Linear.apply(tape, in.get(0), first),
                                Linear.apply(tape, in.get(0), second, change, new Dropout(0.25f, 7))),
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

    @Test
    void rotary() {
        Rotary.Table table = new Rotary.Table(normal(1, 9, 2, 1), normal(2, 9, 2, 1));
        // A rotation's inverse is its backward only where sines and cosines are of one angle.
        for (int position = 0; position < 9; position++) {
            float[] cosines = {(float) Math.cos(position), (float) Math.cos(0.1 * position)};
            float[] sines = {(float) Math.sin(position), (float) Math.sin(0.1 * position)};
            table.cosines().rows(position, position + 1).write(cosines, 0);
            table.sines().rows(position, position + 1).write(sines, 0);
        }
        differentiated(
                        (tape, in) -> Rotary.apply(tape, in.get(0), 3, table, new int[] {0, 1, 2, 0, 8}),
                        normal(3, 5, 12, 1))
                .inputsAgree();
    }

    @ParameterizedTest
    @CsvSource({"2, 2", "2, 1", "4, 2"})
    void attention(int heads, int keyHeads) {
        Attention.Shape shape = new Attention.Shape(heads, keyHeads, new int[] {0, 1, 4});
        differentiated(
                        (tape, in) -> Attention.apply(tape, in.get(0), in.get(1), in.get(2), shape),
                        normal(1, 4, 2 * heads, 1),
                        normal(2, 4, 2 * keyHeads, 1),
                        normal(3, 4, 2 * keyHeads, 1))
                .inputsAgree();
    }

    @Test
    void swiGlu() {
        differentiated((tape, in) -> SwiGlu.apply(tape, in.get(0), in.get(1)), normal(1, 5, 7, 1), normal(2, 5, 7, 1))
                .inputsAgree();
    }

    @Test
    void rows() {
        differentiated((tape, in) -> Rows.gather(tape, in.get(0), new int[] {4, 0, 3}), normal(1, 6, 5, 1))
                .inputsAgree();
    }

    @Test
    void residual() {
        // Both gradients are the sum's own memory; a variable must not be added to itself.
        differentiated((tape, in) -> Residual.add(tape, in.get(0), in.get(1)), normal(1, 5, 7, 1), normal(2, 5, 7, 1))
                .inputsAgree();
    }

    @Test
    void blocksOnOneResidualStreamInScopes() {
        Tensor norm = normal(1, 1, 6, 1);
        Weight up = weight(2, 8, 6, Storage.FLOAT32);
        Weight gate = weight(3, 8, 6, Storage.FLOAT32);
        Weight down = weight(4, 6, 8, Storage.FLOAT32);
        LowRank ofUp = change(5, 8, 6);
        LowRank ofDown = change(6, 6, 8);
        Differentiated.Operation block = (tape, in) -> {
            tape.beginScope();
            Variable h = RmsNorm.apply(tape, in.get(0), norm, 1e-5f);
            Variable inner =
                    SwiGlu.apply(tape, Linear.apply(tape, h, gate), Linear.apply(tape, h, up, ofUp, Dropout.NONE));
            Variable sum = Residual.add(tape, in.get(0), Linear.apply(tape, inner, down, ofDown, new Dropout(0.2f, 1)));
            tape.endScope();
            return sum;
        };
        Weight last = weight(7, 5, 6, Storage.FLOAT32);
        differentiated((tape, in) -> Linear.apply(tape, block.apply(tape, in), last), normal(8, 4, 6, 1))
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
        float[] plain = Linear.apply(tape, tape.constant(x), weight).value().toArray();
        float[] dropped = Linear.apply(tape, tape.constant(x), weight, change, new Dropout(0.9f, 1))
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
        Variable frozen = Linear.apply(tape, norm, square);
        Variable adapted = Linear.apply(tape, norm, square, change, new Dropout(0.5f, 1));
        Variable product = SwiGlu.apply(tape, frozen, adapted);
        Variable sum = Residual.add(tape, embedded, product);
        sum.gradient(normal(4, 5, 6, 1));
        tape.backward();

        assertThat(List.of(embedded.needsGradient(), norm.needsGradient(), frozen.needsGradient()))
                .containsOnly(false);
        assertThat(embedded.hasGradient()).isFalse();
        assertThat(norm.hasGradient()).isFalse();
        assertThat(adapted.hasGradient()).isTrue();
    }

    @Test
    void frozenOperationsRecordNothing() {
        Tape tape = tape();
        Variable x = tape.constant(normal(2, 5, 6, 1));
        Rotary.Table table = new Rotary.Table(normal(1, 5, 3, 1), normal(1, 5, 3, 1));
        Variable q = Rotary.apply(tape, Linear.apply(tape, x, weight(1, 6, 6, Storage.FLOAT32)), 1, table, new int[5]);
        Variable result = Rows.gather(
                tape, Attention.apply(tape, q, q, q, new Attention.Shape(1, 1, new int[] {0, 5})), new int[] {1});
        Arena.Mark before = tape.arena().mark();
        tape.backward();
        assertThat(tape.arena().mark()).as("memory taken by an empty backward").isEqualTo(before);
        assertThat(List.of(result.needsGradient(), q.hasGradient())).containsOnly(false);
    }

    private Differentiated differentiated(Differentiated.Operation operation, Tensor... arguments) {
        return new Differentiated(kernels, ARENA, operation, arguments);
    }

    private Tape tape() {
        Tape tape = new Tape(kernels, ARENA);
        tape.reset();
        return tape;
    }

    private static Weight weight(long seed, int rows, int columns, Storage storage) {
        Weight weight = Weight.allocate(rows, columns, storage);
        weight.write(0, normal(seed, rows, columns, 0.5).toArray(), rows * columns);
        return weight;
    }

    private static LowRank change(long seed, int outputs, int inputs) {
        int rank = 2;
        return new LowRank(
                normal(seed, rank, inputs, 0.5),
                normal(seed + 1, outputs, rank, 0.5),
                Tensor.zeros(rank, inputs),
                Tensor.zeros(outputs, rank));
    }
}
