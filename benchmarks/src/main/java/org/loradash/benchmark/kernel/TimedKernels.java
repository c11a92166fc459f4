package org.loradash.benchmark.kernel;

import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;

/** Hands every operation on, and tallies what it took and what it had to do. Allocates nothing. */
public final class TimedKernels implements Kernels {
    /** Query, key and value share their input, and one product has the ranks of all three. */
    private static final int SHARING = 3;

    private final Kernels kernels;
    private final int rank;
    private final Tally tally;
    private final ProductListener listener;

    /**
     * @param rank of low-rank changes: a product whose shortest side is one rank, or two or three together, is a low-rank one
     * @param tally adds up wall seconds, of all threads of the kernels together
     * @param listener hears of matrix products before they are timed
     */
    public TimedKernels(Kernels kernels, int rank, Tally tally, ProductListener listener) {
        this.kernels = kernels;
        this.rank = rank;
        this.tally = tally;
        this.listener = listener;
    }

    @Override
    public void matmul(Tensor a, Side sideOfA, Tensor b, Side sideOfB, Tensor c, float alpha, float beta) {
        listener.product(a, sideOfA, b, sideOfB, c, alpha, beta);
        long begin = System.nanoTime();
        kernels.matmul(a, sideOfA, b, sideOfB, c, alpha, beta);
        long took = System.nanoTime() - begin;
        int inner = sideOfA == Side.PLAIN ? a.columns() : a.rows();
        int shortest = Math.min(inner, Math.min(c.rows(), c.columns()));
        boolean lowRank = shortest % rank == 0 && shortest <= SHARING * rank;
        tally.add(
                lowRank ? Operation.LOW_RANK_PRODUCT : Operation.PRODUCT,
                took,
                2 * c.size() * inner,
                floats(a.size() + b.size() + (beta == 0 ? 1 : 2) * c.size()));
    }

    @Override
    public void attention(
            Tensor q,
            Tensor k,
            Tensor v,
            int[] starts,
            int heads,
            int keyHeads,
            float scale,
            Tensor out,
            Tensor logSumExp) {
        long begin = System.nanoTime();
        kernels.attention(q, k, v, starts, heads, keyHeads, scale, out, logSumExp);
        long took = System.nanoTime() - begin;
        tally.add(
                Operation.ATTENTION,
                took,
                2 * 2 * pairs(starts) * q.columns(),
                floats(2 * q.size() + k.size() + v.size() + logSumExp.size()));
    }

    @Override
    public void attentionBackward(
            Tensor dOut,
            Tensor q,
            Tensor k,
            Tensor v,
            Tensor out,
            Tensor logSumExp,
            int[] starts,
            int heads,
            int keyHeads,
            float scale,
            Tensor dq,
            Tensor dk,
            Tensor dv) {
        long begin = System.nanoTime();
        kernels.attentionBackward(dOut, q, k, v, out, logSumExp, starts, heads, keyHeads, scale, dq, dk, dv);
        long took = System.nanoTime() - begin;
        tally.add(
                Operation.ATTENTION_BACKWARD,
                took,
                5 * 2 * pairs(starts) * q.columns(),
                floats(4 * q.size() + 2 * k.size() + 2 * v.size() + logSumExp.size()));
    }

    @Override
    public void cachedAttention(
            Tensor q,
            int[] starts,
            Tensor keys,
            Tensor values,
            int[][] slots,
            int[] lengths,
            int heads,
            int keyHeads,
            float scale,
            Tensor out) {
        long begin = System.nanoTime();
        kernels.cachedAttention(q, starts, keys, values, slots, lengths, heads, keyHeads, scale, out);
        long took = System.nanoTime() - begin;
        long pairs = 0;
        long cached = 0;
        for (int i = 0; i < lengths.length; i++) {
            long newest = starts[i + 1] - starts[i];
            pairs += newest * (2L * lengths[i] - newest + 1) / 2;
            cached += lengths[i];
        }
        tally.add(
                Operation.ATTENTION,
                took,
                2 * 2 * pairs * q.columns(),
                floats(2 * q.size() + 2 * cached * keyHeads * keys.columns()));
    }

    @Override
    public void writeSlots(Tensor x, int[] slots, int keyHeads, Tensor cache) {
        long begin = System.nanoTime();
        kernels.writeSlots(x, slots, keyHeads, cache);
        tally.add(Operation.GATHER, System.nanoTime() - begin, 0, floats(2 * x.size()));
    }

    @Override
    public void logSumExp(Tensor x, Tensor out) {
        long begin = System.nanoTime();
        kernels.logSumExp(x, out);
        tally.add(Operation.CROSS_ENTROPY, System.nanoTime() - begin, 3 * x.size(), floats(x.size()));
    }

    @Override
    public double crossEntropy(Tensor logits, int[] targets, float scale) {
        long begin = System.nanoTime();
        double loss = kernels.crossEntropy(logits, targets, scale);
        tally.add(Operation.CROSS_ENTROPY, System.nanoTime() - begin, 5 * logits.size(), floats(2 * logits.size()));
        return loss;
    }

    @Override
    public void expand(Weight weight, int from, int to, Tensor out) {
        long begin = System.nanoTime();
        kernels.expand(weight, from, to, out);
        tally.add(Operation.EXPAND, System.nanoTime() - begin, 0, out.size() * (Float.BYTES + elementBytes(weight)));
    }

    @Override
    public void gather(Weight table, int[] indices, Tensor out) {
        long begin = System.nanoTime();
        kernels.gather(table, indices, out);
        tally.add(Operation.GATHER, System.nanoTime() - begin, 0, out.size() * (Float.BYTES + elementBytes(table)));
    }

    @Override
    public void gatherRows(Tensor x, int[] indices, Tensor out) {
        long begin = System.nanoTime();
        kernels.gatherRows(x, indices, out);
        tally.add(Operation.GATHER, System.nanoTime() - begin, 0, floats(2 * out.size()));
    }

    @Override
    public void scatterRows(Tensor x, int[] indices, Tensor out) {
        long begin = System.nanoTime();
        kernels.scatterRows(x, indices, out);
        tally.add(Operation.GATHER, System.nanoTime() - begin, x.size(), floats(3 * x.size()));
    }

    @Override
    public void add(Tensor x, float alpha, Tensor y) {
        long begin = System.nanoTime();
        kernels.add(x, alpha, y);
        tally.add(Operation.ADD, System.nanoTime() - begin, 2 * x.size(), floats(3 * x.size()));
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        long begin = System.nanoTime();
        kernels.copy(x, y);
        tally.add(Operation.ADD, System.nanoTime() - begin, 0, floats(2 * x.size()));
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out, Tensor inverse) {
        long begin = System.nanoTime();
        kernels.rmsNorm(x, weight, epsilon, out, inverse);
        tally.add(Operation.NORM, System.nanoTime() - begin, 4 * x.size(), floats(2 * x.size()));
    }

    @Override
    public void rmsNormBackward(Tensor dOut, Tensor x, Tensor weight, Tensor inverse, Tensor dx) {
        long begin = System.nanoTime();
        kernels.rmsNormBackward(dOut, x, weight, inverse, dx);
        tally.add(Operation.NORM_BACKWARD, System.nanoTime() - begin, 9 * x.size(), floats(5 * x.size()));
    }

    @Override
    public void rotate(Tensor x, int heads, Tensor cosines, Tensor sines, int[] positions, Rotation rotation) {
        long begin = System.nanoTime();
        kernels.rotate(x, heads, cosines, sines, positions, rotation);
        tally.add(Operation.ROTATE, System.nanoTime() - begin, 3 * x.size(), floats(2 * x.size()));
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        long begin = System.nanoTime();
        kernels.swiGlu(gate, up, out);
        tally.add(Operation.SWIGLU, System.nanoTime() - begin, 5 * out.size(), floats(3 * out.size()));
    }

    @Override
    public void swiGluBackward(Tensor dOut, Tensor gate, Tensor up) {
        long begin = System.nanoTime();
        kernels.swiGluBackward(dOut, gate, up);
        tally.add(Operation.SWIGLU_BACKWARD, System.nanoTime() - begin, 11 * dOut.size(), floats(6 * dOut.size()));
    }

    @Override
    public void dropout(Tensor x, long seed, int firstRow, float probability, Tensor out) {
        long begin = System.nanoTime();
        kernels.dropout(x, seed, firstRow, probability, out);
        tally.add(Operation.DROPOUT, System.nanoTime() - begin, x.size(), floats(2 * x.size()));
    }

    @Override
    public void writeColumns(Tensor x, float alpha, Tensor out, int from) {
        long begin = System.nanoTime();
        kernels.writeColumns(x, alpha, out, from);
        tally.add(Operation.COLUMNS, System.nanoTime() - begin, x.size(), floats(2 * x.size()));
    }

    @Override
    public void addColumns(Tensor x, int from, float alpha, Tensor out) {
        long begin = System.nanoTime();
        kernels.addColumns(x, from, alpha, out);
        tally.add(Operation.COLUMNS, System.nanoTime() - begin, 2 * out.size(), floats(3 * out.size()));
    }

    @Override
    public void writeScaledColumns(Tensor x, Tensor factors, Tensor out, int from) {
        long begin = System.nanoTime();
        kernels.writeScaledColumns(x, factors, out, from);
        tally.add(Operation.COLUMNS, System.nanoTime() - begin, x.size(), floats(2 * x.size()));
    }

    @Override
    public void addColumnDots(Tensor x, int from, Tensor y, Tensor out) {
        long begin = System.nanoTime();
        kernels.addColumnDots(x, from, y, out);
        tally.add(Operation.COLUMNS, System.nanoTime() - begin, 2 * y.size(), floats(2 * y.size()));
    }

    @Override
    public void adam(Tensor gradient, Tensor m, Tensor v, AdamStep step) {
        long begin = System.nanoTime();
        kernels.adam(gradient, m, v, step);
        tally.add(Operation.ADAM, System.nanoTime() - begin, 12 * gradient.size(), floats(6 * gradient.size()));
    }

    @Override
    public void close() {
        kernels.close();
    }

    /** How many queries meet how many keys: each token of a sequence meets itself and those before it. */
    private static long pairs(int[] starts) {
        long pairs = 0;
        for (int i = 1; i < starts.length; i++) {
            long length = starts[i] - starts[i - 1];
            pairs += length * (length + 1) / 2;
        }
        return pairs;
    }

    private static long floats(long count) {
        return count * Float.BYTES;
    }

    private static int elementBytes(Weight weight) {
        return weight.storage() == Storage.FLOAT32 ? Float.BYTES : Short.BYTES;
    }
}
