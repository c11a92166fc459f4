package org.loradash.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.loradash.Differences.normal;
import static org.loradash.autograd.OperationsTest.angles;
import static org.loradash.autograd.OperationsTest.change;
import static org.loradash.autograd.OperationsTest.linear;
import static org.loradash.autograd.OperationsTest.weight;

import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.Forest;

/** However operations are put together, gradients are right, or the operation that cannot be is refused. */
class CompositionTest {
    private static final Tensor NORM = normal(9, 1, 6, 1);
    private static final Weight SQUARE = weight(1, 6, 6, Storage.FLOAT32);
    private static final Weight OTHER = weight(2, 6, 6, Storage.FLOAT32);
    private static final Tensor X = normal(3, 4, 6, 1);
    private static final Tensor Y = normal(4, 4, 6, 1);
    private static final Attention.Heads ONE_HEAD = Attention.Heads.plain(1, 1, 4);
    private static final Forest SEQUENCES = Forest.of(new int[] {0, 1, 4});

    private static final Arena ARENA = new Arena();

    private final Tape tape = new Tape(KernelProvider.best().open(), ARENA);

    @BeforeEach
    void reset() {
        tape.reset();
    }

    @Test
    void aNormBeforeTheSum() {
        LowRank change = change(5, 6, 6);
        differentiated((tape, in) -> {
                    Variable x = in.get(0);
                    return Sum.add(tape, x, norm(tape, linear(tape, x, SQUARE, change, Dropout.NONE)));
                })
                .inputsAgree()
                .parameterAgrees("a", change.a(), change.aGradient())
                .parameterAgrees("b", change.b(), change.bGradient());
    }

    @Test
    void normsAroundTheLayerBeforeTheSum() {
        differentiated((tape, in) -> {
                    Variable x = in.get(0);
                    for (int i = 0; i < 2; i++) {
                        x = Sum.add(
                                tape, x, norm(tape, Linear.apply(tape, normalised(tape, x), SQUARE, Optional.empty())));
                    }
                    return x;
                })
                .inputsAgree();
    }

    @Test
    void aNormOfTheSum() {
        LowRank change = change(5, 6, 6);
        differentiated((tape, in) -> {
                    Variable x = in.get(0);
                    for (int i = 0; i < 2; i++) {
                        x = norm(tape, Sum.add(tape, x, linear(tape, x, SQUARE, change, Dropout.NONE)));
                    }
                    return x;
                })
                .inputsAgree()
                .parameterAgrees("a", change.a(), change.aGradient())
                .parameterAgrees("b", change.b(), change.bGradient());
    }

    @Test
    void aNormWhoseLayerIsChangedAndTheOnlyUser() {
        LowRank change = change(5, 6, 6);
        differentiated((tape, in) -> {
                    Optional<OutputChanges> changes = Optional.of(OutputChanges.of(change, Dropout.NONE));
                    Variable first = Linear.apply(tape, normalised(tape, in.get(0)), SQUARE, changes);
                    return Linear.apply(tape, normalised(tape, first), OTHER, changes);
                })
                .inputsAgree()
                .parameterAgrees("a", change.a(), change.aGradient())
                .parameterAgrees("b", change.b(), change.bGradient());
    }

    @Test
    void aNormBesideItsInput() {
        differentiated((tape, in) -> Sum.add(tape, in.get(0), norm(tape, in.get(0))))
                .inputsAgree();
        differentiated((tape, in) -> Sum.add(tape, norm(tape, in.get(0)), in.get(0)))
                .inputsAgree();
    }

    @Test
    void aLayerBesideItsInput() {
        differentiated((tape, in) -> Sum.add(tape, in.get(0), linear(tape, in.get(0), SQUARE)))
                .inputsAgree();
        differentiated((tape, in) -> Sum.add(tape, linear(tape, in.get(0), SQUARE), in.get(0)))
                .inputsAgree();
    }

    @Test
    void aValueOfTwoOperations() {
        differentiated((tape, in) -> {
                    Variable made = linear(tape, in.get(0), SQUARE);
                    return Sum.add(tape, norm(tape, made), linear(tape, made, OTHER));
                })
                .inputsAgree();
    }

    @Test
    void aValueOfThreeOperations() {
        differentiated((tape, in) -> {
                    Variable made = norm(tape, in.get(0));
                    Variable first = Sum.add(tape, made, linear(tape, made, OTHER));
                    return Sum.add(tape, first, Rows.gather(tape, made, new int[] {3, 1, 0, 2}));
                })
                .inputsAgree();
    }

    @Test
    void aVariablePlusItself() {
        differentiated((tape, in) -> Sum.add(tape, in.get(0), in.get(0))).inputsAgree();
        differentiated((tape, in) -> {
                    Variable made = norm(tape, in.get(0));
                    return norm(tape, Sum.add(tape, made, made));
                })
                .inputsAgree();
    }

    @Test
    void sumsOfSums() {
        differentiated(
                        (tape, in) -> {
                            Variable x = in.get(0);
                            Variable y = in.get(1);
                            Variable left = Sum.add(tape, x, norm(tape, y));
                            Variable right = Sum.add(tape, norm(tape, x), y);
                            return Sum.add(tape, Sum.add(tape, left, x), Sum.add(tape, right, left));
                        },
                        X,
                        Y)
                .inputsAgree();
    }

    @Test
    void aSumWithAValueThatIsReadElsewhereLeavesItAsItIs() {
        Variable x = tape.constant(X);
        Variable y = linear(tape, x, SQUARE);
        float[] before = y.value().toArray();
        Variable read = norm(tape, y);
        Variable sum = Sum.add(tape, x, y);
        assertThat(y.value().toArray()).containsExactly(before);
        Variable inPlace = Sum.add(tape, sum, read);
        assertThat(inPlace.value()).isSameAs(read.value());
    }

    /** Its backward reads its result again. */
    @Test
    void attentionBesideItsInput() {
        Weight threefold = weight(6, 12, 4, Storage.FLOAT32);
        differentiated(
                        (tape, in) -> {
                            Variable x = in.get(0);
                            return Sum.add(
                                    tape,
                                    x,
                                    Attention.apply(
                                            tape,
                                            linear(tape, x, threefold),
                                            ONE_HEAD,
                                            SEQUENCES,
                                            Optional.of(angles())));
                        },
                        normal(3, 4, 4, 1))
                .inputsAgree();
    }

    @Test
    void aGatedInputThatIsUsedElsewhereIsRefused() {
        Weight weight = weight(1, 6, 3, Storage.FLOAT32);
        Variable usedBefore = linear(tape, tape.input(X), SQUARE);
        norm(tape, usedBefore);
        assertThatThrownBy(() ->
                        Linear.apply(tape, LinearInput.gated(usedBefore, Activation.SILU), weight, Optional.empty()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Tensor[4 x 6] is to be overwritten and read elsewhere too"
                        + " (must be made by an operation, in the same block, and used by one alone)");

        Variable usedAfter = linear(tape, tape.input(X), SQUARE);
        LinearInput gated = LinearInput.gated(usedAfter, Activation.SILU);
        Linear.apply(tape, gated, weight, Optional.empty());
        assertThatThrownBy(() -> norm(tape, usedAfter))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Tensor[4 x 6] is used after an operation that overwrites it"
                        + " (must be used before, or by it alone)");
        assertThatThrownBy(() -> Linear.apply(tape, gated, weight, Optional.empty()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is used after an operation that overwrites it");
    }

    @Test
    void attentionOfAValueThatIsUsedElsewhereIsRefused() {
        Variable usedBefore = linear(tape, tape.input(X), SQUARE);
        norm(tape, usedBefore);
        assertThatThrownBy(() -> Attention.apply(tape, usedBefore, ONE_HEAD, SEQUENCES, Optional.of(angles())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is to be overwritten and read elsewhere too");

        Variable usedAfter = linear(tape, tape.input(X), weight(6, 12, 6, Storage.FLOAT32));
        Attention.apply(tape, usedAfter, ONE_HEAD, SEQUENCES, Optional.of(angles()));
        assertThatThrownBy(() -> Rows.gather(tape, usedAfter, new int[] {0}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is used after an operation that overwrites it");
    }

    @Test
    void aSumsMemoryIsNotReadAsWhatItWas() {
        Variable y = norm(tape, tape.input(X));
        Sum.add(tape, tape.input(Y), y);
        assertThatThrownBy(() -> norm(tape, y))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is used after an operation that overwrites it");
    }

    @Test
    void whatTheCallerGaveIsNotOverwritten() {
        float[] before = Y.toArray();
        Sum.add(tape, tape.constant(X), tape.constant(Y));
        assertThat(Y.toArray()).containsExactly(before);
        assertThatThrownBy(() -> Attention.apply(tape, tape.input(X), ONE_HEAD, SEQUENCES, Optional.of(angles())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is to be overwritten and read elsewhere too");
    }

    private Differentiated differentiated(Differentiated.Operation operation) {
        return differentiated(operation, X);
    }

    private Differentiated differentiated(Differentiated.Operation operation, Tensor... arguments) {
        return new Differentiated(tape, operation, arguments);
    }

    private static Variable norm(Tape tape, Variable x) {
        return RmsNorm.apply(tape, x, NORM, 1e-5f);
    }

    private static LinearInput normalised(Tape tape, Variable x) {
        return LinearInput.normalised(tape, x, NORM, 1e-5f);
    }
}
