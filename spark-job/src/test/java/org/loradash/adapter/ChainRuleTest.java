package org.loradash.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.loradash.Differences.assertClose;
import static org.loradash.Differences.dot;
import static org.loradash.Differences.normal;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.loradash.Differences;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Copy;
import org.loradash.model.Target;

class ChainRuleTest {
    private final Kernels kernels = KernelProvider.best().open();

    static Stream<Adapter> adapters() {
        return Adapters.methods().stream().flatMap(adapter -> Stream.of(adapter, Adapters.dash(adapter)));
    }

    static Stream<Adapter> methods() {
        return Adapters.methods().stream();
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void theBackwardIsTheDerivativeOfTheChanges(Adapter adapter) {
        ChainRule chainRule = new ChainRule(adapter);
        Tensor parameters = normal(1, 1, adapter.parameters(), 1);
        ChangeFactors changes = ChangeFactors.allocate(adapter);
        ChangeFactors gradients = ChangeFactors.allocate(adapter);
        Tensor weights = normal(2, 1, (int) changes.memory().size(), 1);
        kernels.run(new Copy(weights, gradients.memory()));
        double[] expected = Differences.gradient(parameters, () -> {
            chainRule.changes(kernels, parameters, changes);
            return dot(changes.memory(), weights);
        });

        Tensor gradient = Tensor.zeros(1, adapter.parameters());
        gradient.fill(Float.NaN);
        chainRule.changes(kernels, parameters, changes);
        chainRule.backward(kernels, changes, gradients, gradient);
        assertClose("gradient", gradient, expected, 1e-3);
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void aChangesProductIsTheMethodsSum(Adapter adapter) {
        Tensor parameters = normal(1, 1, adapter.parameters(), 1);
        ChangeFactors changes = ChangeFactors.allocate(adapter);
        changes.memory().fill(Float.NaN);
        new ChainRule(adapter).changes(kernels, parameters, changes);
        for (Target target : adapter.targets()) {
            ChangeFactors.Pair pair = changes.of(target.name());
            double[] product = Products.product(
                    pair.b().toArray(),
                    pair.a().toArray(),
                    target.outputs(),
                    pair.a().rows(),
                    target.inputs());
            assertClose(
                    target.name(),
                    Products.floats(product),
                    Products.change(adapter, target, parameters.toArray()),
                    1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aSprintStartsFromTheChangeAsItWas(Adapter before) {
        Adapter after = Adapters.dash(before);
        float[] factors = normal(1, 1, before.parameters(), 1).toArray();
        float[] withZeros = java.util.Arrays.copyOf(factors, after.parameters());
        for (Target target : before.targets()) {
            assertThat(product(after, withZeros, target)).containsExactly(product(before, factors, target));
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void atStepZeroEveryChangeIsExactlyZero(Adapter adapter) {
        for (Target target : adapter.targets()) {
            assertThat(product(adapter, adapter.start(3), target)).containsOnly(0);
        }
    }

    /** b a as the model computes with it. */
    private double[] product(Adapter adapter, float[] parameters, Target target) {
        ChangeFactors changes = ChangeFactors.allocate(adapter);
        new ChainRule(adapter).changes(kernels, Tensor.of(1, parameters.length, parameters), changes);
        ChangeFactors.Pair pair = changes.of(target.name());
        return Products.product(
                pair.b().toArray(),
                pair.a().toArray(),
                target.outputs(),
                pair.a().rows(),
                target.inputs());
    }
}
