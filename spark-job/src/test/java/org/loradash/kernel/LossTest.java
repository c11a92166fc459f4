package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.doubles;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.kernel.operation.CrossEntropy;
import org.loradash.kernel.operation.SoftCap;
import org.loradash.kernel.operation.SquaredError;
import org.loradash.kernel.operation.Targets;

class LossTest {
    private static final int VOCABULARY = 13;
    private static final int[] TARGETS = {0, 12, 7, 7, 1};

    private final Samples samples = new Samples(3);

    @ParameterizedTest
    @EnumSource
    void isTheSurpriseAtTheTargetsWithItsGradientInPlace(KernelProvider provider) {
        Tensor logits = samples.normal(TARGETS.length, VOCABULARY, 3);
        double[] before = doubles(logits);
        double loss = provider.open().run(new CrossEntropy(logits, TARGETS, 0.25f));
        assertThat(loss).isCloseTo(Reference.crossEntropy(before, TARGETS), within(1e-5));
        double[] gradient = Reference.gradient(
                moved -> new double[] {Reference.crossEntropy(moved, TARGETS)}, before, new double[] {0.25});
        assertClose(logits, gradient, 2e-6);
    }

    @ParameterizedTest
    @EnumSource
    void aSoftCapBendsLogits(KernelProvider provider) {
        Tensor logits = samples.normal(TARGETS.length, VOCABULARY, 3);
        double[] expected = capped(doubles(logits));
        provider.open().run(new SoftCap(logits, 2));
        assertClose(logits, expected, 2e-7);
    }

    @ParameterizedTest
    @EnumSource
    void ofCappedLogitsTheGradientIsOfWhatWasCapped(KernelProvider provider) {
        Tensor logits = samples.normal(TARGETS.length, VOCABULARY, 3);
        double[] before = doubles(logits);
        Kernels kernels = provider.open();
        kernels.run(new SoftCap(logits, 2));
        double loss = kernels.run(new CrossEntropy(logits, Targets.single(TARGETS), 0.25f, 2));
        assertThat(loss).isCloseTo(Reference.crossEntropy(capped(before), TARGETS), within(1e-5));
        double[] gradient = Reference.gradient(
                moved -> new double[] {Reference.crossEntropy(capped(moved), TARGETS)}, before, new double[] {0.25});
        assertClose(logits, gradient, 2e-6);
    }

    /** A row that should give one token three times and two others once is five rows of one token each. */
    @ParameterizedTest
    @EnumSource
    void aRowWithSeveralTargetsIsAsManyRows(KernelProvider provider) {
        Targets several = new Targets(new int[] {0, 3, 3, 4}, new int[] {2, 5, 12, 0}, new int[] {3, 1, 1, 2});
        int[] rows = {0, 0, 0, 0, 0, 2, 2};
        int[] single = {2, 2, 2, 5, 12, 0, 0};
        for (float cap : new float[] {Float.POSITIVE_INFINITY, 2}) {
            Tensor logits = samples.normal(3, VOCABULARY, 1.5);
            double[] before = doubles(logits);
            Kernels kernels = provider.open();
            if (cap < Float.POSITIVE_INFINITY) {
                kernels.run(new SoftCap(logits, cap));
            }
            UnaryOperator<double[]> seen = cap < Float.POSITIVE_INFINITY ? LossTest::capped : x -> x;
            ToDoubleFunction<double[]> expected = x -> Reference.crossEntropy(repeated(seen.apply(x), rows), single);
            assertThat(kernels.run(new CrossEntropy(logits, several, 0.25f, cap)))
                    .isCloseTo(expected.applyAsDouble(before), within(1e-5));
            double[] gradient = Reference.gradient(
                    moved -> new double[] {expected.applyAsDouble(moved)}, before, new double[] {0.25});
            assertClose(logits, gradient, 2e-6);
        }
    }

    private static double[] repeated(double[] logits, int[] rows) {
        return Arrays.stream(rows)
                .mapToObj(row -> Arrays.copyOfRange(logits, row * VOCABULARY, (row + 1) * VOCABULARY))
                .flatMapToDouble(Arrays::stream)
                .toArray();
    }

    private static double[] capped(double[] logits) {
        return Arrays.stream(logits).map(logit -> 2 * Math.tanh(logit / 2)).toArray();
    }

    @ParameterizedTest
    @EnumSource
    void survivesLogitsOfTenThousand(KernelProvider provider) {
        Tensor logits = Tensor.of(3, 3, 1e4f, -1e4f, 0, -1e4f, 1e4f, 0, 0, 1e4f, 1e4f);
        double loss = provider.open().run(new CrossEntropy(logits, new int[] {0, 0, 1}, 1));
        assertThat(loss).isCloseTo(2e4 + Math.log(2), within(1e-2));
        assertClose(logits, new double[] {0, 0, 0, -1, 1, 0, 0, -0.5, 0.5}, 1e-6);
    }

    @ParameterizedTest
    @EnumSource
    void staysExactOverALargeVocabulary(KernelProvider provider) {
        Tensor logits = samples.normal(3, 20_000, 2);
        int[] targets = {19_999, 0, 10_000};
        double expected = Reference.crossEntropy(doubles(logits), targets);
        assertThat(provider.open().run(new CrossEntropy(logits, targets, 1)))
                .isCloseTo(expected, within(1e-6 * expected));
    }

    @ParameterizedTest
    @EnumSource
    void squaredErrorIsItsSumWithItsGradientInPlace(KernelProvider provider) {
        Tensor values = Tensor.of(3, 1, 1, -2, 0.5f);
        double loss = provider.open().run(new SquaredError(values, new float[] {3, -2, 0}, 0.25f));
        assertThat(loss).isEqualTo(4 + 0.25);
        assertThat(values.toArray()).containsExactly(-1, 0, 0.25f);
    }
}
