package org.loradash.kernel;

/** Each operation in one pass over host memory, by the JDK's Vector API; products are ND4J's. */
final class FusedKernels implements Kernels {
    private final FusedWeights weights = new FusedWeights();
    private final FusedRows rows = new FusedRows();
    private final FusedElements elements = new FusedElements();
    private final FusedAttention attention = new FusedAttention();
    private final FusedCachedAttention cachedAttention = new FusedCachedAttention();
    private final FewRowsProduct fewRows = new FewRowsProduct();
    private final FusedLoss loss = new FusedLoss();

    @Override
    public void matmul(Tensor a, Side sideOfA, Tensor b, Side sideOfB, Tensor c, float alpha, float beta) {
        if (FewRowsProduct.suits(sideOfA, sideOfB, c, alpha, beta)) {
            fewRows.multiply(a, b, c);
        } else {
            MatrixProduct.multiply(a, sideOfA, b, sideOfB, c, alpha, beta);
        }
    }

    @Override
    public void expand(Weight weight, int from, int to, Tensor out) {
        weights.expand(weight, from, to, out);
    }

    @Override
    public void gather(Weight table, int[] indices, Tensor out) {
        weights.gather(table, indices, out);
    }

    @Override
    public void gatherRows(Tensor x, int[] indices, Tensor out) {
        rows.gatherRows(x, indices, out);
    }

    @Override
    public void scatterRows(Tensor x, int[] indices, Tensor out) {
        rows.scatterRows(x, indices, out);
    }

    @Override
    public void add(Tensor x, float alpha, Tensor y) {
        elements.add(x, alpha, y);
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        y.floats().put(0, x.floats(), 0, (int) x.size());
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out, Tensor inverse) {
        rows.rmsNorm(x, weight, epsilon, out, inverse);
    }

    @Override
    public void rmsNormBackward(Tensor dOut, Tensor x, Tensor weight, Tensor inverse, Tensor dx) {
        rows.rmsNormBackward(dOut, x, weight, inverse, dx);
    }

    @Override
    public void rotate(Tensor x, int heads, Tensor cosines, Tensor sines, int[] positions, Rotation rotation) {
        rows.rotate(x, heads, cosines, sines, positions, rotation);
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
        attention.forward(q, k, v, starts, heads, keyHeads, scale, out, logSumExp);
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
        attention.backward(dOut, q, k, v, out, logSumExp, starts, heads, keyHeads, scale, dq, dk, dv);
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
        cachedAttention.forward(q, starts, keys, values, slots, lengths, heads, keyHeads, scale, out);
    }

    @Override
    public void writeSlots(Tensor x, int[] slots, int keyHeads, Tensor cache) {
        rows.writeSlots(x, slots, keyHeads, cache);
    }

    @Override
    public void logSumExp(Tensor x, Tensor out) {
        loss.logSumExp(x, out);
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        elements.swiGlu(gate, up, out);
    }

    @Override
    public void swiGluBackward(Tensor dOut, Tensor gate, Tensor up) {
        elements.swiGluBackward(dOut, gate, up);
    }

    @Override
    public double crossEntropy(Tensor logits, int[] targets, float scale) {
        return loss.crossEntropy(logits, targets, scale);
    }

    @Override
    public void dropout(Tensor x, long seed, int firstRow, float probability, Tensor out) {
        elements.dropout(x, seed, firstRow, probability, out);
    }

    @Override
    public void writeColumns(Tensor x, float alpha, Tensor out, int from) {
        rows.writeColumns(x, alpha, out, from);
    }

    @Override
    public void addColumns(Tensor x, int from, float alpha, Tensor out) {
        rows.addColumns(x, from, alpha, out);
    }

    @Override
    public void writeScaledColumns(Tensor x, Tensor factors, Tensor out, int from) {
        rows.writeScaledColumns(x, factors, out, from);
    }

    @Override
    public void addColumnDots(Tensor x, int from, Tensor y, Tensor out) {
        rows.addColumnDots(x, from, y, out);
    }

    @Override
    public void adam(Tensor gradient, Tensor m, Tensor v, AdamStep step) {
        elements.adam(gradient, m, v, step);
    }
}
