package org.loradash.autograd;

import static org.loradash.Differences.assertClose;
import static org.loradash.Differences.doubles;
import static org.loradash.Differences.normal;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.loradash.autograd.OutputChanges.DensePart;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;

class WeightProductTest {
    private static final Arena ARENA = new Arena();
    private static final int TOKENS = 5;
    private static final int OUTPUTS = 11;
    private static final int INPUTS = 6;

    private final Tape tape = new Tape(KernelProvider.best().open(), ARENA);

    {
        ARENA.reset();
    }

    @Property(tries = 100)
    void byBlocksItIsThatWithTheWholeChangedWeight(
            @ForAll Storage storage,
            @ForAll @IntRange(min = 1, max = 80) int elementsOfABlock,
            @ForAll @IntRange(max = 4) int from,
            @ForAll @IntRange(min = 5, max = 7) int middle,
            @ForAll @IntRange(min = 7, max = 8) int after,
            @ForAll @IntRange(min = 9, max = 11) int to,
            @ForAll boolean changed) {
        Weight weight = Weight.allocate(OUTPUTS, INPUTS, storage);
        weight.write(0, normal(1, OUTPUTS, INPUTS, 0.5).toArray(), OUTPUTS * INPUTS);
        List<DensePart> changes = changed ? List.of(part(2, from, middle, 0.5f), part(3, after, to, 1.25f)) : List.of();
        Weight whole = whole(weight, changes);

        Tensor x = normal(4, TOKENS, INPUTS, 1);
        Tensor y = Tensor.zeros(TOKENS, OUTPUTS);
        Tensor expected = Tensor.zeros(TOKENS, OUTPUTS);
        WeightProduct.forward(tape, x, weight, changes, y, 0f, elementsOfABlock);
        WeightProduct.forward(tape, x, whole, expected);
        assertClose("forward", y.toArray(), doubles(expected.toArray()), 1e-6);

        Tensor dx = normal(5, TOKENS, INPUTS, 1);
        Tensor expectedDx = Tensor.of(TOKENS, INPUTS, dx.toArray());
        WeightProduct.backward(tape, y, weight, changes, dx, 0.5f, elementsOfABlock);
        WeightProduct.backward(tape, y, whole, expectedDx, 0.5f);
        assertClose("backward", dx.toArray(), doubles(expectedDx.toArray()), 1e-6);
    }

    private static DensePart part(long seed, int from, int to, float kept) {
        return new DensePart(from, new Dense(kept, normal(seed, to - from, INPUTS, 0.5), null));
    }

    private static Weight whole(Weight weight, List<DensePart> changes) {
        float[] values = new float[OUTPUTS * INPUTS];
        weight.read(0, values, values.length);
        for (DensePart part : changes) {
            float[] added = part.dense().added().toArray();
            for (int i = 0; i < added.length; i++) {
                int at = part.from() * INPUTS + i;
                values[at] = part.dense().kept() * values[at] + added[i];
            }
        }
        Weight whole = Weight.allocate(OUTPUTS, INPUTS, Storage.FLOAT32);
        whole.write(0, values, values.length);
        return whole;
    }
}
