package org.loradash.kernel;

/**
 * Operations that compute nothing: what runs on them, on tensors without memory, takes from an arena what it would take in
 * earnest.
 */
final class DryKernels implements Kernels {

    @Override
    public void matmul(Tensor a, Side sideOfA, Tensor b, Side sideOfB, Tensor c, float alpha, float beta) {}

    @Override
    public void expand(Weight weight, int from, int to, Tensor out) {}

    @Override
    public void gather(Weight table, int[] indices, Tensor out) {}

    @Override
    public void gatherRows(Tensor x, int[] indices, Tensor out) {}

    @Override
    public void scatterRows(Tensor x, int[] indices, Tensor out) {}

    @Override
    public void add(Tensor x, float alpha, Tensor y) {}

    @Override
    public void copy(Tensor x, Tensor y) {}

    @Override
    public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out, Tensor inverse) {}

    @Override
    public void rmsNormBackward(Tensor dOut, Tensor x, Tensor weight, Tensor inverse, Tensor dx) {}

    @Override
    public void rotate(Tensor x, int heads, Tensor cosines, Tensor sines, int[] positions, Rotation rotation) {}

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
            Tensor logSumExp) {}

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
            Tensor dv) {}

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
            Tensor out) {}

    @Override
    public void writeSlots(Tensor x, int[] slots, int keyHeads, Tensor cache) {}

    @Override
    public void logSumExp(Tensor x, Tensor out) {}

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {}

    @Override
    public void swiGluBackward(Tensor dOut, Tensor gate, Tensor up) {}

    @Override
    public double crossEntropy(Tensor logits, int[] targets, float scale) {
        return 0;
    }

    @Override
    public void dropout(Tensor x, long seed, int firstRow, float probability, Tensor out) {}

    @Override
    public void writeColumns(Tensor x, float alpha, Tensor out, int from) {}

    @Override
    public void addColumns(Tensor x, int from, float alpha, Tensor out) {}

    @Override
    public void writeScaledColumns(Tensor x, Tensor factors, Tensor out, int from) {}

    @Override
    public void addColumnDots(Tensor x, int from, Tensor y, Tensor out) {}

    @Override
    public void adam(Tensor gradient, Tensor m, Tensor v, AdamStep step) {}
}
