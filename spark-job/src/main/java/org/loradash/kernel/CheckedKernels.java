package org.loradash.kernel;

/** Refuses shapes that do not fit, once for every provider, and hands the rest on. */
final class CheckedKernels implements Kernels {
    private final Kernels kernels;

    CheckedKernels(Kernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public void matmul(Tensor a, Side sideOfA, Tensor b, Side sideOfB, Tensor c, float alpha, float beta) {
        boolean plainA = sideOfA == Side.PLAIN;
        boolean plainB = sideOfB == Side.PLAIN;
        int inner = plainA ? a.columns() : a.rows();
        shape("a's inner side against b's", inner, 1, plainB ? b.rows() : b.columns(), 1);
        shape("c", c, plainA ? a.rows() : a.columns(), plainB ? b.columns() : b.rows());
        kernels.matmul(a, sideOfA, b, sideOfB, c, alpha, beta);
    }

    @Override
    public void expand(Weight weight, int from, int to, Tensor out) {
        dense(out);
        if (from < 0 || to < from || to > weight.rows()) {
            throw new IllegalArgumentException(
                    "rows: [%d, %d) (must lie within %d)".formatted(from, to, weight.rows()));
        }
        shape("out", out, to - from, weight.columns());
        kernels.expand(weight, from, to, out);
    }

    @Override
    public void gather(Weight table, int[] indices, Tensor out) {
        dense(out);
        shape("out", out, indices.length, table.columns());
        below("indices", indices, table.rows());
        kernels.gather(table, indices, out);
    }

    @Override
    public void gatherRows(Tensor x, int[] indices, Tensor out) {
        dense(x, out);
        shape("out", out, indices.length, x.columns());
        below("indices", indices, x.rows());
        kernels.gatherRows(x, indices, out);
    }

    @Override
    public void scatterRows(Tensor x, int[] indices, Tensor out) {
        dense(x, out);
        shape("x", x, indices.length, out.columns());
        below("indices", indices, out.rows());
        kernels.scatterRows(x, indices, out);
    }

    @Override
    public void add(Tensor x, float alpha, Tensor y) {
        dense(x, y);
        same("y", y, x);
        kernels.add(x, alpha, y);
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        dense(x, y);
        same("y", y, x);
        kernels.copy(x, y);
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out, Tensor inverse) {
        dense(x, out, inverse);
        shape("weight", weight, 1, x.columns());
        same("out", out, x);
        shape("inverse", inverse, x.rows(), 1);
        kernels.rmsNorm(x, weight, epsilon, out, inverse);
    }

    @Override
    public void rmsNormBackward(Tensor dOut, Tensor x, Tensor weight, Tensor inverse, Tensor dx) {
        dense(dOut, x, inverse, dx);
        same("dOut", dOut, x);
        shape("weight", weight, 1, x.columns());
        shape("inverse", inverse, x.rows(), 1);
        same("dx", dx, x);
        kernels.rmsNormBackward(dOut, x, weight, inverse, dx);
    }

    @Override
    public void rotate(Tensor x, int heads, Tensor cosines, Tensor sines, int[] positions, Rotation rotation) {
        shape("x", x, positions.length, 2 * heads * cosines.columns());
        same("sines", sines, cosines);
        below("positions", positions, cosines.rows());
        kernels.rotate(x, heads, cosines, sines, positions, rotation);
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
        attentionShapes(q, k, v, starts, heads, keyHeads, out, logSumExp);
        kernels.attention(q, k, v, starts, heads, keyHeads, scale, out, logSumExp);
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
        attentionShapes(q, k, v, starts, heads, keyHeads, out, logSumExp);
        same("dOut", dOut, q);
        same("dq", dq, q);
        same("dk", dk, k);
        same("dv", dv, v);
        kernels.attentionBackward(dOut, q, k, v, out, logSumExp, starts, heads, keyHeads, scale, dq, dk, dv);
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
        headsDivide(q, heads, keyHeads);
        starts(starts, q.rows());
        int capacity = slotsOf(keys, keyHeads, q.columns() / heads);
        dense(values);
        same("values", values, keys);
        same("out", out, q);
        if (slots.length != starts.length - 1 || lengths.length != slots.length) {
            throw new IllegalArgumentException("slots, lengths: of %d and %d sequences (must be of %d)"
                    .formatted(slots.length, lengths.length, starts.length - 1));
        }
        for (int i = 0; i < slots.length; i++) {
            int newest = starts[i + 1] - starts[i];
            if (lengths[i] < newest || lengths[i] > slots[i].length) {
                throw new IllegalArgumentException("length: %d (must be from %d, the newest tokens, to %d, the slots)"
                        .formatted(lengths[i], newest, slots[i].length));
            }
            below("slots", slots[i], lengths[i], capacity);
        }
        kernels.cachedAttention(q, starts, keys, values, slots, lengths, heads, keyHeads, scale, out);
    }

    @Override
    public void writeSlots(Tensor x, int[] slots, int keyHeads, Tensor cache) {
        shape("x", x, slots.length, keyHeads * cache.columns());
        below("slots", slots, slotsOf(cache, keyHeads, cache.columns()));
        kernels.writeSlots(x, slots, keyHeads, cache);
    }

    private static int slotsOf(Tensor cache, int keyHeads, int d) {
        dense(cache);
        if (keyHeads < 1 || cache.rows() % keyHeads != 0 || cache.columns() != d) {
            throw new IllegalArgumentException(
                    "cache: %s (must be slots of %d key heads x %d)".formatted(cache, keyHeads, d));
        }
        return cache.rows() / keyHeads;
    }

    @Override
    public void logSumExp(Tensor x, Tensor out) {
        dense(x, out);
        shape("out", out, x.rows(), 1);
        kernels.logSumExp(x, out);
    }

    private static void headsDivide(Tensor q, int heads, int keyHeads) {
        if (keyHeads < 1 || heads % keyHeads != 0 || q.columns() % heads != 0) {
            throw new IllegalArgumentException(
                    "heads: %d over %d key heads and %d columns (must divide)".formatted(heads, keyHeads, q.columns()));
        }
    }

    private static void attentionShapes(
            Tensor q, Tensor k, Tensor v, int[] starts, int heads, int keyHeads, Tensor out, Tensor logSumExp) {
        headsDivide(q, heads, keyHeads);
        shape("k", k, q.rows(), q.columns() / heads * keyHeads);
        same("v", v, k);
        same("out", out, q);
        shape("logSumExp", logSumExp, q.rows(), heads);
        starts(starts, q.rows());
    }

    private static void starts(int[] starts, int rows) {
        if (starts.length < 2 || starts[0] != 0 || starts[starts.length - 1] != rows) {
            throw new IllegalArgumentException("starts: (must go from 0 to %d)".formatted(rows));
        }
        for (int i = 1; i < starts.length; i++) {
            if (starts[i] <= starts[i - 1]) {
                throw new IllegalArgumentException(
                        "starts: %d after %d (must ascend)".formatted(starts[i], starts[i - 1]));
            }
        }
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        dense(out);
        same("up", up, gate);
        same("out", out, gate);
        kernels.swiGlu(gate, up, out);
    }

    @Override
    public void swiGluBackward(Tensor dOut, Tensor gate, Tensor up) {
        dense(dOut);
        same("dOut", dOut, gate);
        same("up", up, gate);
        kernels.swiGluBackward(dOut, gate, up);
    }

    @Override
    public double crossEntropy(Tensor logits, int[] targets, float scale) {
        dense(logits);
        shape("logits", logits, targets.length, logits.columns());
        below("targets", targets, logits.columns());
        return kernels.crossEntropy(logits, targets, scale);
    }

    @Override
    public void dropout(Tensor x, long seed, int firstRow, float probability, Tensor out) {
        dense(x, out);
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("probability: %s (must be from 0 to below 1)".formatted(probability));
        }
        same("out", out, x);
        kernels.dropout(x, seed, firstRow, probability, out);
    }

    @Override
    public void writeColumns(Tensor x, float alpha, Tensor out, int from) {
        dense(x, out);
        columns(out, from, x);
        kernels.writeColumns(x, alpha, out, from);
    }

    @Override
    public void addColumns(Tensor x, int from, float alpha, Tensor out) {
        dense(x, out);
        columns(x, from, out);
        kernels.addColumns(x, from, alpha, out);
    }

    @Override
    public void writeScaledColumns(Tensor x, Tensor factors, Tensor out, int from) {
        dense(x, out);
        columns(out, from, x);
        shape("factors", factors, 1, x.columns());
        kernels.writeScaledColumns(x, factors, out, from);
    }

    @Override
    public void addColumnDots(Tensor x, int from, Tensor y, Tensor out) {
        dense(x, y, out);
        columns(x, from, y);
        shape("out", out, 1, y.columns());
        kernels.addColumnDots(x, from, y, out);
    }

    @Override
    public void adam(Tensor gradient, Tensor m, Tensor v, AdamStep step) {
        dense(gradient, m, v);
        same("m", m, gradient);
        same("v", v, gradient);
        kernels.adam(gradient, m, v, step);
    }

    @Override
    public void close() {
        kernels.close();
    }

    private static void dense(Tensor... tensors) {
        for (Tensor tensor : tensors) {
            if (!tensor.isDense()) {
                throw new IllegalArgumentException(tensor + " (must be dense)");
            }
        }
    }

    private static void same(String what, Tensor actual, Tensor like) {
        shape(what, actual, like.rows(), like.columns());
    }

    private static void shape(String what, Tensor actual, int rows, int columns) {
        shape(what, actual.rows(), actual.columns(), rows, columns);
    }

    private static void shape(String what, int actualRows, int actualColumns, int rows, int columns) {
        if (actualRows != rows || actualColumns != columns) {
            throw new IllegalArgumentException(
                    "%s: %d x %d (must be %d x %d)".formatted(what, actualRows, actualColumns, rows, columns));
        }
    }

    private static void columns(Tensor wide, int from, Tensor narrow) {
        if (wide.rows() != narrow.rows() || from < 0 || from + narrow.columns() > wide.columns()) {
            throw new IllegalArgumentException(
                    "columns: %s from %d on (must lie within %s, with as many rows)".formatted(narrow, from, wide));
        }
    }

    private static void below(String what, int[] indices, int limit) {
        below(what, indices, indices.length, limit);
    }

    private static void below(String what, int[] indices, int count, int limit) {
        for (int i = 0; i < count; i++) {
            int index = indices[i];
            if (index < 0 || index >= limit) {
                throw new IllegalArgumentException("%s: %d (must be from 0 to %d)".formatted(what, index, limit - 1));
            }
        }
    }
}
