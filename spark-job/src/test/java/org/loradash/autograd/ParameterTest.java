package org.loradash.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.loradash.Differences.assertClose;
import static org.loradash.Differences.doubles;
import static org.loradash.Differences.normal;
import static org.loradash.autograd.OperationsTest.weight;

import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Differences;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.kernel.operation.Activation;

/** Tensors that are trained whole get the derivatives of what reads them. */
class ParameterTest {
    private static final int[] TARGETS = {3, 0, 4, 3, 1};
    private static final Tensor X = normal(1, 5, 7, 1);
    private static final Weight WEIGHT = weight(2, 7, 7, Storage.FLOAT32);
    private static final Kernels KERNELS = KernelProvider.best().open();
    private static final Arena ARENA = new Arena();

    private final Tape tape = new Tape(KERNELS, ARENA);

    @BeforeEach
    void reset() {
        tape.reset();
    }

    @Test
    void aNormsWeight() {
        Parameter norm = parameter(3, 1, 7);
        new Differentiated(tape, (tape, in) -> RmsNorm.apply(tape, in.get(0), norm, 1e-5f), X)
                .inputsAgree()
                .parameterAgrees("weight", norm.value(), norm.gradient());
    }

    @ParameterizedTest
    @EnumSource(
            value = BlockValues.class,
            names = {"KEPT", "RECOMPUTED"})
    void aNormsWeightWithinALayerOfABlock(BlockValues values) {
        Parameter norm = parameter(3, 1, 7);
        Tape.Block block = (tape, x) -> Sum.add(
                tape, x, Linear.apply(tape, LinearInput.normalised(tape, x, norm, 1e-5f), WEIGHT, Optional.empty()));
        new Differentiated(
                        new Tape(KERNELS, ARENA, values),
                        (tape, in) -> tape.block(tape.block(in.get(0), block), block),
                        X)
                .inputsAgree()
                .parameterAgrees("weight", norm.value(), norm.gradient());
    }

    @Test
    void aNormsWeightBelowWhichNothingIsTrained() {
        Parameter alone = parameter(3, 1, 7);
        Parameter withinALayer = parameter(4, 1, 7);
        Parameter layer = parameter(5, 4, 7);
        new Differentiated(tape, (tape, in) -> {
                    Variable normal = RmsNorm.apply(tape, tape.constant(X), alone, 1e-5f);
                    LinearInput input = LinearInput.normalised(tape, tape.constant(X), withinALayer, 1e-5f);
                    Variable second = Linear.trained(tape, input, layer, Optional.empty());
                    return Sum.add(tape, Linear.trained(tape, LinearInput.of(normal), layer, Optional.empty()), second);
                })
                .parameterAgrees("alone", alone.value(), alone.gradient())
                .parameterAgrees("within a layer", withinALayer.value(), withinALayer.gradient())
                .parameterAgrees("layer", layer.value(), layer.gradient());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLayersWeightAndBias(boolean withBias) {
        Parameter weight = parameter(3, 4, 7);
        Parameter bias = parameter(4, 1, 4);
        Differentiated layer = new Differentiated(
                tape,
                (tape, in) -> Linear.trained(
                        tape,
                        LinearInput.of(in.get(0)),
                        weight,
                        Optional.of(bias).filter(any -> withBias)),
                X);
        layer.inputsAgree().parameterAgrees("weight", weight.value(), weight.gradient());
        if (withBias) {
            layer.parameterAgrees("bias", bias.value(), bias.gradient());
        }
    }

    @Test
    void aLayersWeightAndBiasOfANormalisedInputBesideTheSum() {
        Parameter weight = parameter(3, 7, 7);
        Parameter bias = parameter(4, 1, 7);
        Tensor norm = normal(5, 1, 7, 1);
        new Differentiated(
                        tape,
                        (tape, in) -> {
                            LinearInput input = LinearInput.normalised(tape, in.get(0), norm, 1e-5f);
                            return Sum.add(tape, in.get(0), Linear.trained(tape, input, weight, Optional.of(bias)));
                        },
                        X)
                .inputsAgree()
                .parameterAgrees("weight", weight.value(), weight.gradient())
                .parameterAgrees("bias", bias.value(), bias.gradient());
    }

    /** All but the one with a bend, across which differences are no slopes. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RELU")
    void aLayerOfAGatedInput(Activation activation) {
        Parameter weight = parameter(3, 4, 7);
        new Differentiated(
                        tape,
                        (tape, in) -> Linear.trained(
                                tape, LinearInput.gated(in.get(0), activation), weight, Optional.empty()),
                        normal(1, 5, 14, 1))
                .inputsAgree()
                .parameterAgrees("weight", weight.value(), weight.gradient());
    }

    @Test
    void aLayerIsTheProductPlusTheBias() {
        Parameter weight = new Parameter(Tensor.of(2, 2, 1f, 2f, 3f, 4f), null);
        Parameter bias = new Parameter(Tensor.of(1, 2, 10f, 20f), null);
        LinearInput x = LinearInput.of(tape.constant(Tensor.of(2, 2, 1f, 0f, 1f, 1f)));
        Variable y = Linear.trained(tape, x, weight, Optional.of(bias));
        assertThat(y.value().toArray()).containsExactly(11f, 23f, 13f, 27f);
        assertThat(y.needsGradient()).as("nothing is trained").isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1 << 20, 12, 5, 1})
    void aHead(int logitsAtOnce) {
        Parameter head = parameter(3, 5, 7);
        double[] ofHead = Differences.gradient(head.value(), () -> loss(tape, head, logitsAtOnce));
        double[] ofStates = Differences.gradient(X, () -> loss(tape, head, logitsAtOnce));
        head.gradient().fill(0f);
        tape.reset();
        Variable states = tape.input(X);
        OutputLoss.apply(tape, states, head, TARGETS, 1f, logitsAtOnce);
        assertClose("head", head.gradient(), ofHead, 1e-3);
        assertClose("states", states.gradient(), ofStates, 1e-3);
    }

    @Test
    void aTrainedHeadIsTheFrozenOne() {
        Weight frozen = weight(3, 5, 7, Storage.FLOAT32);
        Parameter head = new Parameter(frozen.plain().orElseThrow(), Tensor.zeros(5, 7));
        Variable ofFrozen = tape.input(X);
        Variable ofTrained = tape.input(X);
        assertThat(OutputLoss.apply(tape, ofTrained, head, TARGETS, 0.5f))
                .isEqualTo(OutputLoss.apply(tape, ofFrozen, frozen, TARGETS, 0.5f));
        assertThat(ofTrained.gradient().toArray())
                .containsExactly(ofFrozen.gradient().toArray());
    }

    @Test
    void lossesOfOneVariableAddUpItsGradient() {
        Parameter head = parameter(3, 5, 7);
        Variable once = tape.input(X);
        OutputLoss.apply(tape, once, head, TARGETS, 1f);
        Variable twice = tape.input(X);
        OutputLoss.apply(tape, twice, head, TARGETS, 0.75f);
        OutputLoss.apply(tape, twice, head, TARGETS, 0.25f);
        assertClose("gradient", twice.gradient(), doubles(once.gradient().toArray()), 1e-5);
    }

    @Test
    void aForwardPassTrainsNothing() {
        Parameter head = parameter(3, 5, 7);
        Parameter layer = parameter(4, 7, 7);
        Parameter norm = parameter(5, 1, 7);
        Tape forward = Tape.forward(KERNELS, ARENA);
        LinearInput input = LinearInput.of(RmsNorm.apply(forward, forward.constant(X), norm, 1e-5f));
        Variable states = Linear.trained(forward, input, layer, Optional.empty());
        OutputLoss.apply(forward, states, head, TARGETS, 1f);
        forward.backward();
        assertThat(head.gradient().toArray()).containsOnly(0f);
        assertThat(layer.gradient().toArray()).containsOnly(0f);
        assertThat(norm.gradient().toArray()).containsOnly(0f);
    }

    @Test
    void aGradientOfAnotherShapeIsRefused() {
        assertThatThrownBy(() -> new Parameter(Tensor.zeros(2, 3), Tensor.zeros(3, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("gradient: Tensor[3 x 2] (must be like Tensor[2 x 3])");
    }

    private static double loss(Tape tape, Parameter head, int logitsAtOnce) {
        tape.reset();
        return OutputLoss.apply(tape, tape.constant(X), head, TARGETS, 1f, logitsAtOnce);
    }

    private static Parameter parameter(long seed, int rows, int columns) {
        return new Parameter(normal(seed, rows, columns, 0.5), Tensor.zeros(rows, columns));
    }
}
