package org.loradash.kernel;

import java.util.Arrays;
import java.util.List;

/**
 * Every operation cut in parts that a team computes, each member with kernels of its own. The cuts depend on shapes alone
 * ({@link Parts}), so results have the same bits whatever the number of members.
 */
final class TeamKernels implements Kernels {
    private final Team team;
    private final List<Kernels> members;

    /** @param members kernels for one thread each, as many as the team has members */
    TeamKernels(Team team, List<Kernels> members) {
        this.team = team;
        this.members = List.copyOf(members);
    }

    /** What is done with some rows. */
    @FunctionalInterface
    private interface OnRows {
        void compute(Kernels kernels, int from, int to);
    }

    private void byRows(int rows, int columns, OnRows work) {
        int parts = Parts.ofRows(rows, columns);
        team.run(parts, (member, part) -> {
            int from = Parts.from(part, parts, rows);
            work.compute(members.get(member), from, Parts.from(part + 1, parts, rows));
        });
    }

    private Kernels caller() {
        return members.get(0);
    }

    @Override
    public void matmul(Tensor a, Side sideOfA, Tensor b, Side sideOfB, Tensor c, float alpha, float beta) {
        boolean plainA = sideOfA == Side.PLAIN;
        boolean plainB = sideOfB == Side.PLAIN;
        int inner = plainA ? a.columns() : a.rows();
        Parts.Grid grid = FewRowsProduct.hasFewRows(sideOfA, sideOfB, c)
                ? Parts.ofFewRows(c.columns(), inner)
                : Parts.ofProduct(c.rows(), c.columns(), inner);
        team.run(grid.parts(), (member, part) -> {
            int down = part / grid.across();
            int across = part % grid.across();
            int fromRow = Parts.from(down, grid.down(), c.rows());
            int toRow = Parts.from(down + 1, grid.down(), c.rows());
            int fromColumn = Parts.from(across, grid.across(), c.columns());
            int toColumn = Parts.from(across + 1, grid.across(), c.columns());
            members.get(member)
                    .matmul(
                            plainA ? a.rows(fromRow, toRow) : a.columns(fromRow, toRow),
                            sideOfA,
                            plainB ? b.columns(fromColumn, toColumn) : b.rows(fromColumn, toColumn),
                            sideOfB,
                            c.rows(fromRow, toRow).columns(fromColumn, toColumn),
                            alpha,
                            beta);
        });
    }

    @Override
    public void expand(Weight weight, int from, int to, Tensor out) {
        byRows(
                to - from,
                weight.columns(),
                (kernels, begin, end) -> kernels.expand(weight, from + begin, from + end, out.rows(begin, end)));
    }

    @Override
    public void gather(Weight table, int[] indices, Tensor out) {
        byRows(
                indices.length,
                table.columns(),
                (kernels, from, to) ->
                        kernels.gather(table, Arrays.copyOfRange(indices, from, to), out.rows(from, to)));
    }

    @Override
    public void gatherRows(Tensor x, int[] indices, Tensor out) {
        byRows(
                indices.length,
                x.columns(),
                (kernels, from, to) ->
                        kernels.gatherRows(x, Arrays.copyOfRange(indices, from, to), out.rows(from, to)));
    }

    /** An index that comes twice must not be two threads' at once, so one thread adds all. */
    @Override
    public void scatterRows(Tensor x, int[] indices, Tensor out) {
        caller().scatterRows(x, indices, out);
    }

    @Override
    public void add(Tensor x, float alpha, Tensor y) {
        byElements(x, (kernels, from, to) -> kernels.add(part(x, from, to), alpha, part(y, from, to)));
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        byElements(x, (kernels, from, to) -> kernels.copy(part(x, from, to), part(y, from, to)));
    }

    /** Elements that stand alone may be cut anywhere, which matters for a vector that is one row. */
    private void byElements(Tensor x, OnRows work) {
        byRows(Math.toIntExact(x.size()), 1, work);
    }

    private static Tensor part(Tensor x, int from, int to) {
        return x.window(from, 1, to - from);
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out, Tensor inverse) {
        byRows(
                x.rows(),
                x.columns(),
                (kernels, from, to) ->
                        kernels.rmsNorm(x.rows(from, to), weight, epsilon, out.rows(from, to), inverse.rows(from, to)));
    }

    @Override
    public void rmsNormBackward(Tensor dOut, Tensor x, Tensor weight, Tensor inverse, Tensor dx) {
        byRows(
                x.rows(),
                x.columns(),
                (kernels, from, to) -> kernels.rmsNormBackward(
                        dOut.rows(from, to), x.rows(from, to), weight, inverse.rows(from, to), dx.rows(from, to)));
    }

    @Override
    public void rotate(Tensor x, int heads, Tensor cosines, Tensor sines, int[] positions, Rotation rotation) {
        byRows(
                x.rows(),
                x.columns(),
                (kernels, from, to) -> kernels.rotate(
                        x.rows(from, to), heads, cosines, sines, Arrays.copyOfRange(positions, from, to), rotation));
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
        bySequenceAndKeyHead(starts, keyHeads, (kernels, sequence, keyHead) -> {
            Region of = new Region(starts[sequence], starts[sequence + 1], keyHead, keyHeads);
            kernels.attention(
                    of.in(q),
                    of.in(k),
                    of.in(v),
                    of.starts(),
                    heads / keyHeads,
                    1,
                    scale,
                    of.in(out),
                    of.in(logSumExp));
        });
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
        bySequenceAndKeyHead(starts, keyHeads, (kernels, sequence, keyHead) -> {
            Region of = new Region(starts[sequence], starts[sequence + 1], keyHead, keyHeads);
            kernels.attentionBackward(
                    of.in(dOut),
                    of.in(q),
                    of.in(k),
                    of.in(v),
                    of.in(out),
                    of.in(logSumExp),
                    of.starts(),
                    heads / keyHeads,
                    1,
                    scale,
                    of.in(dq),
                    of.in(dk),
                    of.in(dv));
        });
    }

    /** One sequence's rows, and of each tensor the columns that belong to one key head. */
    private record Region(int from, int to, int keyHead, int keyHeads) {
        Tensor in(Tensor x) {
            int width = x.columns() / keyHeads;
            return x.rows(from, to).columns(keyHead * width, (keyHead + 1) * width);
        }

        int[] starts() {
            return new int[] {0, to - from};
        }
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
        int capacity = keys.rows() / keyHeads;
        bySequenceAndKeyHead(starts, keyHeads, (kernels, sequence, keyHead) -> {
            Region of = new Region(starts[sequence], starts[sequence + 1], keyHead, keyHeads);
            kernels.cachedAttention(
                    of.in(q),
                    of.starts(),
                    keys.rows(keyHead * capacity, (keyHead + 1) * capacity),
                    values.rows(keyHead * capacity, (keyHead + 1) * capacity),
                    new int[][] {slots[sequence]},
                    new int[] {lengths[sequence]},
                    heads / keyHeads,
                    1,
                    scale,
                    of.in(out));
        });
    }

    @Override
    public void writeSlots(Tensor x, int[] slots, int keyHeads, Tensor cache) {
        byRows(
                x.rows(),
                x.columns(),
                (kernels, from, to) ->
                        kernels.writeSlots(x.rows(from, to), Arrays.copyOfRange(slots, from, to), keyHeads, cache));
    }

    @Override
    public void logSumExp(Tensor x, Tensor out) {
        byRows(x.rows(), x.columns(), (kernels, from, to) -> kernels.logSumExp(x.rows(from, to), out.rows(from, to)));
    }

    @FunctionalInterface
    private interface OnKeyHead {
        void compute(Kernels kernels, int sequence, int keyHead);
    }

    private void bySequenceAndKeyHead(int[] starts, int keyHeads, OnKeyHead work) {
        team.run(
                (starts.length - 1) * keyHeads,
                (member, part) -> work.compute(members.get(member), part / keyHeads, part % keyHeads));
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        byRows(
                out.rows(),
                out.columns(),
                (kernels, from, to) -> kernels.swiGlu(gate.rows(from, to), up.rows(from, to), out.rows(from, to)));
    }

    @Override
    public void swiGluBackward(Tensor dOut, Tensor gate, Tensor up) {
        byRows(
                dOut.rows(),
                dOut.columns(),
                (kernels, from, to) ->
                        kernels.swiGluBackward(dOut.rows(from, to), gate.rows(from, to), up.rows(from, to)));
    }

    @Override
    public double crossEntropy(Tensor logits, int[] targets, float scale) {
        int parts = Parts.ofRows(logits.rows(), logits.columns());
        double[] losses = new double[parts];
        team.run(parts, (member, part) -> {
            int from = Parts.from(part, parts, logits.rows());
            int to = Parts.from(part + 1, parts, logits.rows());
            losses[part] = members.get(member)
                    .crossEntropy(logits.rows(from, to), Arrays.copyOfRange(targets, from, to), scale);
        });
        double sum = 0;
        for (double loss : losses) {
            sum += loss;
        }
        return sum;
    }

    @Override
    public void dropout(Tensor x, long seed, int firstRow, float probability, Tensor out) {
        byRows(
                x.rows(),
                x.columns(),
                (kernels, from, to) ->
                        kernels.dropout(x.rows(from, to), seed, firstRow + from, probability, out.rows(from, to)));
    }

    @Override
    public void writeColumns(Tensor x, float alpha, Tensor out, int from) {
        byRows(
                x.rows(),
                x.columns(),
                (kernels, begin, end) -> kernels.writeColumns(x.rows(begin, end), alpha, out.rows(begin, end), from));
    }

    @Override
    public void addColumns(Tensor x, int from, float alpha, Tensor out) {
        byRows(
                out.rows(),
                out.columns(),
                (kernels, begin, end) -> kernels.addColumns(x.rows(begin, end), from, alpha, out.rows(begin, end)));
    }

    @Override
    public void writeScaledColumns(Tensor x, Tensor factors, Tensor out, int from) {
        byRows(
                x.rows(),
                x.columns(),
                (kernels, begin, end) ->
                        kernels.writeScaledColumns(x.rows(begin, end), factors, out.rows(begin, end), from));
    }

    /** Sums over all rows, of a few columns: not worth parts that would have to be added. */
    @Override
    public void addColumnDots(Tensor x, int from, Tensor y, Tensor out) {
        caller().addColumnDots(x, from, y, out);
    }

    @Override
    public void adam(Tensor gradient, Tensor m, Tensor v, AdamStep step) {
        byElements(
                gradient,
                (kernels, from, to) ->
                        kernels.adam(part(gradient, from, to), part(m, from, to), part(v, from, to), step));
    }

    @Override
    public void close() {
        team.close();
    }
}
