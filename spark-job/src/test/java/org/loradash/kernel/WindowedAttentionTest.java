package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.doubles;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.kernel.operation.Attention;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.CachedAttention;
import org.loradash.kernel.operation.CachedKeys;
import org.loradash.kernel.operation.Reach;

/** Attention to a part of a sequence, and by scores below a cap, against formulas in double precision. */
class WindowedAttentionTest {
    private static final float SCALE = 0.4f;
    private static final int[] SHORT = {0, 5, 6, 14};

    private final Samples samples = new Samples(13);

    /** Windows shorter than the sequences, as long as one of them, and longer than all. */
    private static final int[] WINDOWS = {1, 2, 3, 5, 8, 20};

    @ParameterizedTest
    @EnumSource
    void backwardEqualsFiniteDifferences(KernelProvider provider) {
        for (Sight sight : Sight.values()) {
            for (int window : WINDOWS) {
                int heads = 4;
                int keyHeads = 2;
                int d = 3;
                AttentionShape shape = sight.of(AttentionShape.causal(heads, keyHeads, SHORT, SCALE), window);
                Tensor q = samples.normal(14, heads * d, 2);
                Tensor k = samples.normal(14, keyHeads * d, 2);
                Tensor v = samples.normal(14, keyHeads * d);
                Tensor dOut = samples.normal(14, heads * d);
                Tensor out = Tensor.zeros(14, heads * d);
                Tensor logSumExp = Tensor.zeros(14, heads);
                Tensor dq = samples.normal(14, heads * d);
                Tensor dk = samples.normal(14, keyHeads * d);
                Tensor dv = samples.normal(14, keyHeads * d);
                Kernels kernels = provider.open();
                kernels.run(new Attention.Forward(q, k, v, shape, out, logSumExp));
                kernels.run(new Attention.Backward(dOut, q, k, v, out, logSumExp, shape, dq, dk, dv));
                double[] qs = doubles(q);
                double[] ks = doubles(k);
                double[] vs = doubles(v);
                double[] dOuts = doubles(dOut);
                assertClose(out, Reference.attention(qs, ks, vs, shape, d), 3e-6, 1);
                double[] dqs = Reference.gradient(moved -> Reference.attention(moved, ks, vs, shape, d), qs, dOuts);
                double[] dks = Reference.gradient(moved -> Reference.attention(qs, moved, vs, shape, d), ks, dOuts);
                double[] dvs = Reference.gradient(moved -> Reference.attention(qs, ks, moved, shape, d), vs, dOuts);
                assertClose(dq, dqs, 5e-6, 1);
                assertClose(dk, dks, 5e-6, 1);
                assertClose(dv, dvs, 5e-6, 1);
            }
        }
    }

    /** At the edges of vectors and of blocks of queries, with heads as wide as models have them. */
    @ParameterizedTest
    @CsvSource({
        "1, 12", "15, 20", "16, 80", "17, 96", "31, 128", "32, 256", "33, 64", "47, 12", "48, 12", "49, 12", "99, 12",
        "100, 12", "101, 12"
    })
    void isTheWeightedMeanOfTheWindow(int window, int d) {
        int[] starts = {0, 1, 32, 65, 165, 261};
        int tokens = 261;
        for (Sight sight : Sight.values()) {
            AttentionShape shape = sight.of(AttentionShape.causal(2, 1, starts, SCALE / d), window);
            Tensor q = samples.normal(tokens, 2 * d);
            Tensor k = samples.normal(tokens, d);
            Tensor v = samples.normal(tokens, d);
            double[] expected = Reference.attention(doubles(q), doubles(k), doubles(v), shape, d);
            for (KernelProvider provider : KernelProvider.values()) {
                Tensor out = Tensor.zeros(tokens, 2 * d);
                provider.open().run(new Attention.Forward(q, k, v, shape, out, Tensor.zeros(tokens, 2)));
                assertClose(out, expected, 4e-6);
            }
        }
    }

    /** Whether the cache holds all of a sequence or only what the newest tokens see of it. */
    @ParameterizedTest
    @CsvSource({"1, 1", "4, 1", "1, 20", "4, 20", "20, 1", "70, 5", "20, 70", "70, 33", "100, 1", "101, 64", "300, 100"
    })
    void goesOnFromACacheAsIfAllWereComputedTogether(int window, int newest) {
        int length = 100;
        int d = 5;
        int heads = 4;
        int keyHeads = 2;
        Tensor q = samples.normal(length, heads * d);
        Tensor keys = samples.normal(keyHeads * length, d);
        Tensor values = samples.normal(keyHeads * length, d);
        for (Sight sight : new Sight[] {Sight.WINDOW, Sight.CAPPED_WINDOW}) {
            AttentionShape whole =
                    sight.of(AttentionShape.causal(heads, keyHeads, new int[] {0, length}, SCALE), window);
            double[] all =
                    Reference.attention(doubles(q), together(keys, keyHeads), together(values, keyHeads), whole, d);
            int from = (length - newest) * heads * d;
            for (int held : new int[] {length, Math.min(length, window - 1 + newest)}) {
                int[] slots = new int[held];
                Arrays.setAll(slots, i -> length - held + i);
                AttentionShape shape =
                        sight.of(AttentionShape.causal(heads, keyHeads, new int[] {0, newest}, SCALE), window);
                CachedKeys cache = new CachedKeys(keys, values, new int[][] {slots}, new int[] {held});
                for (KernelProvider provider : KernelProvider.values()) {
                    Tensor out = Tensor.zeros(newest, heads * d);
                    provider.open().run(new CachedAttention(q.rows(length - newest, length), shape, cache, out));
                    assertClose(out, Arrays.copyOfRange(all, from, all.length), 4e-6);
                }
            }
        }
    }

    /** From one key head's rows behind another's to one key head's columns beside another's. */
    private static double[] together(Tensor cache, int keyHeads) {
        double[] rows = doubles(cache);
        int d = cache.columns();
        int length = cache.rows() / keyHeads;
        double[] columns = new double[rows.length];
        for (int head = 0; head < keyHeads; head++) {
            for (int i = 0; i < length; i++) {
                System.arraycopy(rows, (head * length + i) * d, columns, (i * keyHeads + head) * d, d);
            }
        }
        return columns;
    }

    @ParameterizedTest
    @EnumSource
    void aWindowAsLongAsTheSequencesIsNone(KernelProvider provider) {
        Tensor x = samples.normal(14, 6);
        AttentionShape causal = AttentionShape.causal(1, 1, SHORT, SCALE);
        Tensor plain = Tensor.zeros(14, 6);
        Tensor windowed = Tensor.zeros(14, 6);
        Kernels kernels = provider.open();
        kernels.run(new Attention.Forward(x, x, x, causal, plain, Tensor.zeros(14, 1)));
        kernels.run(new Attention.Forward(x, x, x, causal.reaching(Reach.window(8)), windowed, Tensor.zeros(14, 1)));
        assertThat(windowed.toArray()).containsExactly(plain.toArray());
    }

    /** In sequences of one token the logarithm of the softmax's denominator is the one score. */
    @ParameterizedTest
    @EnumSource
    void scoresAreBentBelowTheCap(KernelProvider provider) {
        // ND4J's hyperbolic tangent is as close as float32 next to 1 allows, for small ones too.
        double inAll = provider == KernelProvider.PORTABLE ? 1e-7 : 0;
        float[] products = new float[2000];
        for (int i = 0; i < products.length; i++) {
            products[i] = (float) (Math.pow(10, i % 1000 / 125.0 - 5) * (i < 1000 ? 1 : -1));
        }
        int[] starts = new int[products.length + 1];
        Arrays.setAll(starts, i -> i);
        for (float cap : new float[] {1, 50}) {
            Tensor x = Tensor.of(products.length, 1, products);
            Tensor one = Tensor.zeros(products.length, 1);
            one.fill(1);
            Tensor scores = Tensor.zeros(products.length, 1);
            provider.open()
                    .run(new Attention.Forward(
                            x,
                            one,
                            one,
                            AttentionShape.causal(1, 1, starts, 1).capped(cap),
                            Tensor.zeros(products.length, 1),
                            scores));
            for (int i = 0; i < products.length; i++) {
                double expected = cap * Math.tanh((double) products[i] / cap);
                assertThat((double) scores.toArray()[i])
                        .as("%s below %s", products[i], cap)
                        .isCloseTo(expected, within(4e-7 * Math.abs(expected) + inAll * cap));
            }
        }
    }

    @Test
    void countsThePairsThatSeeEachOther() {
        for (Sight sight : Sight.values()) {
            for (int window : WINDOWS) {
                AttentionShape shape = sight.of(AttentionShape.causal(2, 1, SHORT, SCALE), window);
                long pairs = 0;
                for (int sequence = 0; sequence < shape.sequences(); sequence++) {
                    int length = shape.length(sequence);
                    for (int i = 0; i < length; i++) {
                        for (int j = 0; j < length; j++) {
                            pairs += j - i <= shape.reach().after()
                                            && i - j <= shape.reach().before()
                                    ? 1
                                    : 0;
                        }
                    }
                }
                Tensor x = Tensor.zeros(14, 2);
                Tensor y = Tensor.zeros(14, 1);
                Account account = new Account().of(new Attention.Forward(x, y, y, shape, x, x));
                assertThat(account.floatingPointOperations())
                        .as("%s of %d", sight, window)
                        .isEqualTo(2 * 2 * pairs * 2);
            }
        }
    }

    @Test
    void refusesWhatIsNoCapAndNoWindow() {
        assertThatThrownBy(() -> Reach.window(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("reach: -1 before, 0 after (must not be negative)");
        Tensor x = Tensor.zeros(14, 1);
        AttentionShape shape = AttentionShape.causal(1, 1, SHORT, 1).capped(0);
        assertThatThrownBy(() -> KernelProvider.best().open().run(new Attention.Forward(x, x, x, shape, x, x)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cap: 0.0 (must be positive)");
    }
}
