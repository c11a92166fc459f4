package org.loradash.kernel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.CachedAttention;
import org.loradash.kernel.operation.CachedKeys;

/** Random sequences whose tokens lie scattered in a cache, the first ones of all in the same slots. */
record CachedSample(
        Tensor q,
        int[] starts,
        Tensor keys,
        Tensor values,
        int[][] slots,
        int[] lengths,
        int heads,
        int keyHeads,
        float scale,
        Tensor newKeys,
        int[] newSlots) {

    /** @param atMost how many newest tokens a sequence has */
    CachedSample(Samples samples, List<Integer> lengths, int atMost, int keyHeads, int group, int d) {
        this(samples, layout(lengths, atMost), keyHeads, group, d);
    }

    private CachedSample(Samples samples, Layout layout, int keyHeads, int group, int d) {
        this(
                samples.normal(layout.tokens(), keyHeads * group * d),
                layout.starts,
                samples.normal(keyHeads * layout.capacity, d),
                samples.normal(keyHeads * layout.capacity, d),
                layout.slots,
                layout.lengths,
                keyHeads * group,
                keyHeads,
                (float) (1 / Math.sqrt(d)),
                samples.normal(layout.tokens(), keyHeads * d),
                layout.newSlots());
    }

    void attend(Kernels kernels, Tensor out) {
        kernels.run(new CachedAttention(
                q,
                AttentionShape.causal(heads, keyHeads, starts, scale),
                new CachedKeys(keys, values, slots, lengths),
                out));
    }

    private record Layout(int[] starts, int[][] slots, int[] lengths, int capacity) {
        int tokens() {
            return starts[starts.length - 1];
        }

        int[] newSlots() {
            int[] all = new int[tokens()];
            for (int s = 0; s < lengths.length; s++) {
                int newest = starts[s + 1] - starts[s];
                System.arraycopy(slots[s], lengths[s] - newest, all, starts[s], newest);
            }
            return all;
        }
    }

    private static Layout layout(List<Integer> lengths, int atMost) {
        int count = lengths.size();
        int[] starts = new int[count + 1];
        int[][] slots = new int[count][];
        int[] sizes = new int[count];
        int capacity = 7 + lengths.stream().mapToInt(Integer::intValue).sum();
        List<Integer> free = new ArrayList<>();
        for (int slot = 0; slot < capacity; slot++) {
            free.add(slot);
        }
        // Runs of neighbours and leaps between them.
        Collections.rotate(free, 3);
        Collections.shuffle(free.subList(0, capacity / 2), new Random(capacity));
        int used = 0;
        for (int s = 0; s < count; s++) {
            int length = lengths.get(s);
            int newest = Math.min(length, atMost);
            starts[s + 1] = starts[s] + newest;
            sizes[s] = length;
            slots[s] = new int[length + 2];
            for (int i = 0; i < length; i++) {
                boolean shared = s > 0 && i < Math.min(3, Math.min(length - newest, lengths.get(0)));
                slots[s][i] = shared ? slots[0][i] : free.get(used++);
            }
        }
        return new Layout(starts, slots, sizes, capacity);
    }
}
