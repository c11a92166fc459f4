package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.loradash.kernel.Samples.copyOf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.operation.Activate;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.Adam;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.AddColumnDots;
import org.loradash.kernel.operation.AddColumns;
import org.loradash.kernel.operation.Attention;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.CachedAttention;
import org.loradash.kernel.operation.CachedKeys;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.CrossAttention;
import org.loradash.kernel.operation.CrossEntropy;
import org.loradash.kernel.operation.Drop;
import org.loradash.kernel.operation.Expand;
import org.loradash.kernel.operation.GatedUnit;
import org.loradash.kernel.operation.Gather;
import org.loradash.kernel.operation.GatherRows;
import org.loradash.kernel.operation.GroupNorm;
import org.loradash.kernel.operation.HeadNorm;
import org.loradash.kernel.operation.LayerNorm;
import org.loradash.kernel.operation.LogSumExp;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.loradash.kernel.operation.Patches;
import org.loradash.kernel.operation.Reach;
import org.loradash.kernel.operation.RepeatRow;
import org.loradash.kernel.operation.RmsNorm;
import org.loradash.kernel.operation.Rotate;
import org.loradash.kernel.operation.Scale;
import org.loradash.kernel.operation.ScatterRows;
import org.loradash.kernel.operation.SoftCap;
import org.loradash.kernel.operation.SquaredError;
import org.loradash.kernel.operation.WriteColumns;
import org.loradash.kernel.operation.WriteScaledColumns;

/** What is not finite does not become finite, in both providers, at every length and wherever it stands. */
class NonFiniteTest {
    private static final int[] LENGTHS = {1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 100, 4095, 4096, 4097, 8192};
    private static final float[] VALUES = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};

    /** An operation on a row, and where in what it writes the value must show. */
    @FunctionalInterface
    private interface OnRow {
        float[] compute(Kernels kernels, Tensor x, int position);
    }

    /** At every length, a value at the beginning, near the end of a vector, in the middle and at the end. */
    private static void stays(KernelProvider provider, String what, float[] values, int longest, OnRow operation) {
        Kernels kernels = provider.open();
        for (int length : LENGTHS) {
            for (int position : new TreeSet<>(List.of(0, Math.min(7, length - 1), length / 2, length - 1))) {
                for (float value : values) {
                    if (length <= longest) {
                        float[] row = new Samples(length).normal(1, length).toArray();
                        row[position] = value;
                        float[] results = operation.compute(kernels, Tensor.of(1, length, row), position);
                        for (float result : results) {
                            assertThat(Float.isFinite(result))
                                    .as("%s of %s at %d of %d: %s", what, value, position, length, result)
                                    .isFalse();
                            if (Float.isNaN(value)) {
                                assertThat(result)
                                        .as("%s at %d of %d", what, position, length)
                                        .isNaN();
                            }
                        }
                    }
                }
            }
        }
    }

    private static void stays(KernelProvider provider, String what, OnRow operation) {
        stays(provider, what, VALUES, Integer.MAX_VALUE, operation);
    }

    private static Tensor ones(int rows, int columns) {
        Tensor ones = Tensor.zeros(rows, columns);
        ones.fill(1);
        return ones;
    }

    private static Tensor like(Tensor x) {
        return new Samples(5).normal(x.rows(), x.columns());
    }

    private static float[] at(int position, Tensor... results) {
        float[] values = new float[results.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = results[i].toArray()[position];
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource
    void inElements(KernelProvider provider) {
        stays(provider, "x that is added", (kernels, x, position) -> {
            Tensor y = like(x);
            kernels.run(new Add(x, 0.5f, y));
            return at(position, y);
        });
        stays(provider, "y that is added to", (kernels, y, position) -> {
            kernels.run(new Add(like(y), 0.5f, y));
            return at(position, y);
        });
        stays(provider, "a copy", (kernels, x, position) -> {
            Tensor y = like(x);
            kernels.run(new Copy(x, y));
            return at(position, y);
        });
        for (float probability : new float[] {0, 0.5f, 0.99f}) {
            stays(provider, "dropout", (kernels, x, position) -> {
                Tensor out = like(x);
                kernels.run(new Drop(x, 7, 0, probability, out));
                return at(position, out);
            });
        }
        stays(provider, "what is scaled", (kernels, x, position) -> {
            kernels.run(new Scale(x, -0.5f));
            return at(position, x);
        });
        stays(provider, "a capped logit", new float[] {Float.NaN}, 1 << 20, (kernels, x, position) -> {
            kernels.run(new SoftCap(x, 2));
            return at(position, x);
        });
        stays(provider, "a head that is normed", new float[] {Float.NaN}, 1 << 20, (kernels, x, position) -> {
            Tensor out = like(x);
            Tensor inverse = Tensor.zeros(1, 1);
            kernels.run(new HeadNorm.Forward(x, ones(1, x.columns()), 1e-5f, out, inverse));
            Tensor dOut = like(x);
            kernels.run(new HeadNorm.Backward(dOut, x, ones(1, x.columns()), inverse));
            return at(position, out, dOut);
        });
        stays(provider, "a head's gradient", new float[] {Float.NaN}, 1 << 20, (kernels, dOut, position) -> {
            kernels.run(new HeadNorm.Backward(dOut, like(dOut), ones(1, dOut.columns()), ones(1, 1)));
            return at(position, dOut);
        });
        stays(provider, "a gate", (kernels, gate, position) -> {
            Tensor out = like(gate);
            kernels.run(new GatedUnit.Forward(gate, like(gate), Activation.SILU, out));
            return at(position, out);
        });
        stays(provider, "what is gated", (kernels, up, position) -> {
            Tensor out = like(up);
            kernels.run(new GatedUnit.Forward(like(up), up, Activation.SILU, out));
            return at(position, out);
        });
        stays(provider, "a gate's gradient", (kernels, dOut, position) -> {
            Tensor gate = like(dOut);
            Tensor up = like(dOut);
            kernels.run(new GatedUnit.Backward(dOut, gate, up, Activation.SILU));
            return at(position, gate, up);
        });
        stays(provider, "a gate in its backward", new float[] {Float.NaN}, 1 << 20, (kernels, gate, position) -> {
            Tensor dOut = like(gate);
            Tensor up = like(gate);
            kernels.run(new GatedUnit.Backward(dOut, gate, up, Activation.SILU));
            return at(position, dOut, gate, up);
        });
        for (Activation activation : Activation.values()) {
            // A limit says what a rectifier is of negative, and a tangent of any infinity; others are times zero.
            float[] values = {Float.NaN};
            stays(provider, activation + "", values, 1 << 20, (kernels, x, position) -> {
                Tensor out = like(x);
                kernels.run(new Activate.Forward(x, activation, out));
                return at(position, out);
            });
            stays(provider, activation + " of a gate", values, 1 << 20, (kernels, gate, position) -> {
                Tensor out = like(gate);
                Tensor dOut = like(gate);
                Tensor up = like(gate);
                kernels.run(new GatedUnit.Forward(gate, up, activation, out));
                kernels.run(new GatedUnit.Backward(dOut, gate, up, activation));
                return at(position, out, dOut, gate, up);
            });
            stays(provider, activation + " in its backward", values, 1 << 20, (kernels, x, position) -> {
                Tensor dOut = like(x);
                kernels.run(new Activate.Backward(dOut, x, activation));
                return at(position, dOut, x);
            });
            stays(provider, "the gradient of " + activation, (kernels, dOut, position) -> {
                Tensor x = ones(1, dOut.columns());
                kernels.run(new Activate.Backward(dOut, x, activation));
                return at(position, x);
            });
        }
        stays(provider, "a gradient in Adam", (kernels, gradient, position) -> {
            Tensor m = Tensor.zeros(1, gradient.columns());
            Tensor v = Tensor.zeros(1, gradient.columns());
            kernels.run(new Adam(gradient, m, v, new Adam.Step(1e-3, 0.9, 0.99, 1e-8, 1)));
            return at(position, gradient, m, v);
        });
    }

    @ParameterizedTest
    @EnumSource
    void inRows(KernelProvider provider) {
        stays(provider, "a row of a root mean square norm", (kernels, x, position) -> {
            Tensor out = like(x);
            kernels.run(new RmsNorm.Forward(x, ones(1, x.columns()), 1e-6f, out, Tensor.zeros(1, 1)));
            return at(position, out);
        });
        stays(provider, "a gradient of a root mean square norm", (kernels, dOut, position) -> {
            Tensor dx = like(dOut);
            kernels.run(new RmsNorm.Backward(dOut, like(dOut), ones(1, dOut.columns()), ones(1, 1), dx));
            return at(position, dx);
        });
        stays(provider, "a row of a layer norm", (kernels, x, position) -> {
            Tensor ones = ones(1, x.columns());
            Tensor out = like(x);
            kernels.run(new LayerNorm.Forward(x, ones, ones, 1e-6f, out, Tensor.zeros(1, 1), Tensor.zeros(1, 1)));
            return out.toArray();
        });
        stays(provider, "a row of a group norm", (kernels, x, position) -> {
            Tensor ones = ones(1, x.columns());
            Tensor out = like(x);
            kernels.run(new GroupNorm.Forward(
                    x, 1, ones, ones, 1e-6f, GroupNorm.Then.SILU, out, Tensor.zeros(1, 1), Tensor.zeros(1, 1)));
            return out.toArray();
        });
        stays(provider, "a gradient of a group norm", (kernels, dOut, position) -> {
            Tensor ones = ones(1, dOut.columns());
            Tensor dx = like(dOut);
            kernels.run(new GroupNorm.Backward(
                    dOut, like(dOut), 1, ones, ones, GroupNorm.Then.SILU, ones(1, 1), ones(1, 1), dx));
            return dx.toArray();
        });
        stays(provider, "a place of a picture", (kernels, x, position) -> {
            Patches.View view = new Patches.View(1, 1, 3, 1, 1, 1, 1, 1);
            Tensor out = Tensor.zeros(1, 9 * x.columns());
            kernels.run(new Patches.Forward(x, view, 0, out));
            Tensor dx = like(x);
            kernels.run(new Patches.Backward(out, view, 0, dx));
            return at(position, dx);
        });
        stays(provider, "a key of another sequence", (kernels, k, position) -> {
            Tensor out = Tensor.zeros(2, k.columns());
            Tensor q = ones(2, k.columns());
            kernels.run(new CrossAttention.Forward(q, k, ones(k.rows(), k.columns()), 1, 1, out, Tensor.zeros(2, 1)));
            return out.toArray();
        });
        stays(provider, "a value of another sequence", (kernels, v, position) -> {
            Tensor out = Tensor.zeros(1, v.columns());
            kernels.run(new CrossAttention.Forward(
                    ones(1, v.columns()), ones(v.rows(), v.columns()), v, 1, 1, out, Tensor.zeros(1, 1)));
            return at(position, out);
        });
        stays(provider, "a gradient of a layer norm", (kernels, dOut, position) -> {
            Tensor ones = ones(1, dOut.columns());
            Tensor dx = like(dOut);
            kernels.run(new LayerNorm.Backward(dOut, like(dOut), ones, ones, ones(1, 1), ones(1, 1), dx));
            return dx.toArray();
        });
        stays(provider, "every element of a norm", new float[] {Float.NaN}, 1 << 20, (kernels, x, position) -> {
            Tensor out = like(x);
            kernels.run(new RmsNorm.Forward(x, ones(1, x.columns()), 1e-6f, out, Tensor.zeros(1, 1)));
            return out.toArray();
        });
        stays(provider, "a norm's weight", (kernels, weight, position) -> {
            Tensor ones = ones(1, weight.columns());
            Tensor x = like(weight);
            Tensor rms = like(weight);
            Tensor layer = like(weight);
            kernels.run(new RmsNorm.Forward(x, weight, 1e-6f, rms, Tensor.zeros(1, 1)));
            kernels.run(new LayerNorm.Forward(x, weight, ones, 1, layer, Tensor.zeros(1, 1), Tensor.zeros(1, 1)));
            return at(position, rms, layer);
        });
        stays(provider, "a row that is repeated", (kernels, x, position) -> {
            Tensor out = like(x);
            kernels.run(new RepeatRow(x, out));
            return at(position, out);
        });
        stays(provider, "a row that is gathered", (kernels, x, position) -> {
            Tensor out = like(x);
            kernels.run(new GatherRows(x, new int[1], out));
            return at(position, out);
        });
        stays(provider, "a row that is scattered", (kernels, x, position) -> {
            Tensor out = like(x);
            kernels.run(new ScatterRows(x, new int[1], out));
            return at(position, out);
        });
        stays(provider, "columns that are written", (kernels, x, position) -> {
            Tensor out = Tensor.zeros(1, x.columns() + 2);
            kernels.run(new WriteColumns(x, 0.5f, out, 1));
            float[] written = at(position + 1, out);
            kernels.run(new WriteScaledColumns(x, Tensor.zeros(1, x.columns()), out, 2));
            float[] scaled = at(position + 2, out);
            kernels.run(new WriteScaledColumns(ones(1, x.columns()), x, out, 0));
            return new float[] {written[0], scaled[0], at(position, out)[0]};
        });
        stays(provider, "columns that are added", (kernels, x, position) -> {
            Tensor out = like(x);
            kernels.run(new AddColumns(x, 0, 0.5f, out));
            kernels.run(new AddColumnDots(x, 0, ones(1, x.columns()), out));
            return at(position, out);
        });
        stays(provider, "a row that turns", VALUES, 100, (kernels, x, position) -> {
            Tensor pair = Tensor.zeros(1, 2 * x.columns());
            kernels.run(new WriteColumns(x, 1, pair, 0));
            Tensor zeros = Tensor.zeros(1, x.columns());
            kernels.run(new Rotate(pair, 1, zeros, zeros, new int[1], Rotate.Direction.FORWARD));
            return at(position, pair, pair.columns(x.columns(), 2 * x.columns()));
        });
        stays(provider, "a product", VALUES, 4097, (kernels, x, position) -> {
            Tensor c = Tensor.zeros(1, 3);
            kernels.run(new MatrixProduct(x, Side.PLAIN, ones(3, x.columns()), Side.TRANSPOSED, c, 1f, 0f));
            return c.toArray();
        });
    }

    @ParameterizedTest
    @EnumSource
    void inSoftmaxes(KernelProvider provider) {
        float[] withoutLimit = {Float.NaN, Float.POSITIVE_INFINITY};
        stays(provider, "log-sum-exp", withoutLimit, 1 << 20, (kernels, x, position) -> {
            Tensor out = Tensor.zeros(1, 1);
            kernels.run(new LogSumExp(x, out));
            return out.toArray();
        });
        for (int target : new int[] {0, 1 << 20}) {
            stays(provider, "cross-entropy", withoutLimit, 1 << 20, (kernels, x, position) -> {
                int at = Math.min(target, x.columns() - 1);
                float loss = (float) kernels.run(new CrossEntropy(x, new int[] {at}, 0.5f));
                return new float[] {loss, x.toArray()[position]};
            });
            stays(provider, "the gradient of", new float[] {Float.NaN}, 1 << 20, (kernels, x, position) -> {
                kernels.run(new CrossEntropy(x, new int[] {Math.min(target, x.columns() - 1)}, 0.5f));
                return x.toArray();
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLogitThatIsNegativeInfinityHasNoShareAndAsTheTargetInfiniteLoss(KernelProvider provider) {
        Kernels kernels = provider.open();
        Tensor logits = Tensor.of(1, 3, 2, Float.NEGATIVE_INFINITY, 2);
        Tensor sum = Tensor.zeros(1, 1);
        kernels.run(new LogSumExp(logits, sum));
        assertThat(sum.toArray()[0]).isEqualTo((float) (2 + Math.log(2)));
        assertThat(kernels.run(new CrossEntropy(copyOf(logits), new int[] {1}, 1)))
                .isInfinite();
        kernels.run(new CrossEntropy(logits, new int[] {0}, 1));
        assertThat(logits.toArray()).containsExactly(-0.5f, 0, 0.5f);
    }

    @ParameterizedTest
    @EnumSource
    void theLogSumExpOfInfinitiesIsInfinite(KernelProvider provider) {
        for (int length : LENGTHS) {
            for (float infinity : new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                Tensor x = Tensor.zeros(1, length);
                x.fill(infinity);
                Tensor sum = Tensor.zeros(1, 1);
                provider.open().run(new LogSumExp(x, sum));
                assertThat(sum.toArray()).as("of %d", length).containsExactly(infinity);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void inSquaredErrors(KernelProvider provider) {
        for (float value : VALUES) {
            Tensor values = Tensor.of(2, 1, 1, value);
            assertThat(Double.isFinite(provider.open().run(new SquaredError(values, new float[2], 1))))
                    .as("loss at %s", value)
                    .isFalse();
            assertThat(Float.isFinite(values.toArray()[1]))
                    .as("gradient at %s", value)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void activationsOfInfinityAreTheirLimits(KernelProvider provider) {
        Kernels kernels = provider.open();
        for (Activation activation : Activation.values()) {
            Tensor out = Tensor.zeros(1, 2);
            kernels.run(new Activate.Forward(
                    Tensor.of(1, 2, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY), activation, out));
            float[] expected =
                    switch (activation) {
                        case RELU -> new float[] {Float.POSITIVE_INFINITY, 0};
                        case TANH -> new float[] {1, -1};
                            // Infinity times zero.
                        case GELU, GELU_TANH, GELU_QUICK, SILU -> new float[] {Float.POSITIVE_INFINITY, Float.NaN};
                    };
            assertThat(out.toArray()).as("%s", activation).containsExactly(expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void gatesSaturateAtInfinity(KernelProvider provider) {
        Tensor gate = Tensor.of(1, 2, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
        Tensor out = Tensor.zeros(1, 2);
        provider.open().run(new GatedUnit.Forward(gate, ones(1, 2), Activation.SILU, out));
        assertThat(out.toArray()[0]).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(out.toArray()[1]).as("infinity times zero").isNaN();
    }

    /** Two sequences, of which the second must not notice what stands in the first. */
    @ParameterizedTest
    @EnumSource
    void inAttention(KernelProvider provider) {
        for (int length : new int[] {1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 100}) {
            for (int position : new TreeSet<>(List.of(0, length / 2, length - 1))) {
                for (int which = 0; which < 3; which++) {
                    attend(provider, length, position, which, Float.POSITIVE_INFINITY);
                    attend(provider, length, position, which, 50);
                }
            }
        }
    }

    private static void attend(KernelProvider provider, int length, int position, int which, float cap) {
        int d = 5;
        int tokens = length + 2;
        Samples samples = new Samples(length);
        List<Tensor> qkv = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            float[] values = samples.normal(tokens, d).toArray();
            if (i == which) {
                values[position * d + 2] = Float.NaN;
            }
            qkv.add(Tensor.of(tokens, d, values));
        }
        Tensor q = qkv.get(0);
        Tensor k = qkv.get(1);
        Tensor v = qkv.get(2);
        int[] starts = {0, length, tokens};
        AttentionShape shape = AttentionShape.causal(1, 1, starts, 0.4f).capped(cap);
        AttentionShape bothWays = shape.reaching(Reach.BOTH_WAYS);
        Tensor out = Tensor.zeros(tokens, d);
        Tensor logSumExp = Tensor.zeros(tokens, 1);
        Tensor cached = Tensor.zeros(tokens, d);
        int[] slots = new int[length];
        Arrays.setAll(slots, i -> i);
        Tensor dq = Tensor.zeros(tokens, d);
        Tensor dk = Tensor.zeros(tokens, d);
        Tensor dv = Tensor.zeros(tokens, d);
        Kernels kernels = provider.open();
        kernels.run(new Attention.Forward(q, k, v, shape, out, logSumExp));
        kernels.run(new CachedAttention(
                q,
                shape,
                new CachedKeys(k, v, new int[][] {slots, {length, length + 1}}, new int[] {length, 2}),
                cached));
        kernels.run(new Attention.Backward(samples.normal(tokens, d), q, k, v, out, logSumExp, shape, dq, dk, dv));
        Tensor outBothWays = Tensor.zeros(tokens, d);
        kernels.run(new Attention.Forward(q, k, v, bothWays, outBothWays, logSumExp));
        assertThat(outBothWays.toArray()[position * d + 2]).as("both ways").isNaN();
        Samples.assertFinite(outBothWays.rows(length, tokens));
        // A query is its own; a key or value is everybody's from there on.
        int until = which == 0 ? position + 1 : length;
        for (int token = position; token < until; token++) {
            int element = token * d + 2;
            String where = "token %d of %d, argument %d at %d".formatted(token, length, which, position);
            assertThat(out.toArray()[element]).as(where).isNaN();
            assertThat(cached.toArray()[element]).as(where).isNaN();
            assertThat(dq.toArray()[element]).as(where).isNaN();
        }
        assertThat(dk.toArray()[position * d + 2])
                .as("key %d of %d", position, length)
                .isNaN();
        for (Tensor result : List.of(out, cached, dq, dk, dv)) {
            Samples.assertFinite(result.rows(length, tokens));
        }
    }

    @ParameterizedTest
    @EnumSource
    void inWeightsOfEveryFloatingPointStorage(KernelProvider provider) {
        for (Storage storage : List.of(Storage.FLOAT32, Storage.BFLOAT16, Storage.FLOAT16)) {
            for (int length : LENGTHS) {
                float[] values = new Samples(length).normal(3, length).toArray();
                for (int i = 0; i < 3; i++) {
                    values[i * length + i * (length - 1) / 2] = VALUES[i];
                }
                Weight weight = Weight.allocate(3, length, storage);
                weight.write(0, values, values.length);
                Tensor expanded = Tensor.zeros(3, length);
                Tensor gathered = Tensor.zeros(3, length);
                provider.open().run(new Expand(weight, 0, 3, expanded));
                provider.open().run(new Gather(weight, new int[] {0, 1, 2}, gathered));
                for (int i = 0; i < 3; i++) {
                    int element = i * length + i * (length - 1) / 2;
                    assertThat(at(element, expanded, gathered))
                            .as("%s of %d", storage, length)
                            .containsExactly(VALUES[i], VALUES[i]);
                }
            }
        }
    }
}
