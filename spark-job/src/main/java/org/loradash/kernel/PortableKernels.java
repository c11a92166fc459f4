package org.loradash.kernel;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scatter.ScatterSub;
import org.nd4j.linalg.api.ops.impl.shape.Gather;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Every operation in ND4J's own, so that it runs wherever ND4J does. Nothing here reads the memory behind an array: only
 * indices and masks go from Java to the device, and a loss comes back.
 */
final class PortableKernels implements Kernels {
    /** Low enough that its exponential is zero, high enough that adding a score to it overflows nothing. */
    private static final double MASKED = -1e30;

    /** Intermediate arrays live here, so that none waits for the garbage collector. */
    private static final WorkspaceConfiguration SCRATCH = WorkspaceConfiguration.builder()
            .initialSize(0)
            .overallocationLimit(0)
            .policyAllocation(AllocationPolicy.STRICT)
            .policyLearning(LearningPolicy.FIRST_LOOP)
            .policyReset(ResetPolicy.BLOCK_LEFT)
            .policySpill(SpillPolicy.REALLOCATE)
            .build();

    private static MemoryWorkspace scratch() {
        return Nd4j.getWorkspaceManager().getAndActivateWorkspace(SCRATCH, "PORTABLE_KERNELS");
    }

    @Override
    public void matmul(Tensor a, Side sideOfA, Tensor b, Side sideOfB, Tensor c, float alpha, float beta) {
        MatrixProduct.multiply(a, sideOfA, b, sideOfB, c, alpha, beta);
    }

    @Override
    public void expand(Weight weight, int from, int to, Tensor out) {
        out.array().assign(weight.array().get(interval(from, to), all()));
    }

    @Override
    public void gather(Weight table, int[] indices, Tensor out) {
        try (MemoryWorkspace ignored = scratch()) {
            out.array().assign(Nd4j.pullRows(table.array(), 1, indices));
        }
    }

    @Override
    public void gatherRows(Tensor x, int[] indices, Tensor out) {
        try (MemoryWorkspace ignored = scratch()) {
            out.array().assign(Nd4j.pullRows(x.array(), 1, indices));
        }
    }

    @Override
    public void scatterRows(Tensor x, int[] indices, Tensor out) {
        for (int i = 0; i < indices.length; i++) {
            out.array().getRow(indices[i]).addi(x.array().getRow(i));
        }
    }

    @Override
    public void add(Tensor x, float alpha, Tensor y) {
        try (MemoryWorkspace ignored = scratch()) {
            y.array().addi(x.array().mul(alpha));
        }
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        y.array().assign(x.array());
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out, Tensor inverse) {
        try (MemoryWorkspace ignored = scratch()) {
            INDArray meanSquare = x.array().mul(x.array()).mean(true, 1);
            inverse.array()
                    .assign(Transforms.sqrt(meanSquare.addi(epsilon), false).rdivi(1));
            out.array().assign(x.array().mul(inverse.array()).muliRowVector(weight.array()));
        }
    }

    @Override
    public void rmsNormBackward(Tensor dOut, Tensor x, Tensor weight, Tensor inverse, Tensor dx) {
        try (MemoryWorkspace ignored = scratch()) {
            INDArray dNormal = dOut.array().mulRowVector(weight.array());
            INDArray normal = x.array().mul(inverse.array());
            INDArray mean = dNormal.mul(normal).mean(true, 1);
            dOut.array().assign(normal.mulRowVector(weight.array()));
            dx.array().addi(dNormal.subi(normal.muli(mean)).muli(inverse.array()));
        }
    }

    @Override
    public void rotate(Tensor x, int heads, Tensor cosines, Tensor sines, int[] positions, Rotation rotation) {
        try (MemoryWorkspace ignored = scratch()) {
            int half = cosines.columns();
            INDArray cosine = Nd4j.pullRows(cosines.array(), 1, positions);
            INDArray sine = Nd4j.pullRows(sines.array(), 1, positions);
            if (rotation == Rotation.INVERSE) {
                sine.negi();
            }
            for (int head = 0; head < heads; head++) {
                INDArray low = columns(x, 2 * head * half, half);
                INDArray high = columns(x, (2 * head + 1) * half, half);
                INDArray turnedLow = low.mul(cosine).subi(high.mul(sine));
                high.assign(high.mul(cosine).addi(low.mul(sine)));
                low.assign(turnedLow);
            }
        }
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
        int d = q.columns() / heads;
        for (int sequence = 0; sequence + 1 < starts.length; sequence++) {
            int from = starts[sequence];
            int to = starts[sequence + 1];
            for (int head = 0; head < heads; head++) {
                int keyHead = head / (heads / keyHeads);
                try (MemoryWorkspace ignored = scratch()) {
                    INDArray scores = causalScores(slice(q, from, to, head, d), slice(k, from, to, keyHead, d), scale);
                    INDArray maximum = scores.max(true, 1);
                    INDArray weights = Transforms.exp(scores.subi(maximum), false);
                    INDArray sum = weights.sum(true, 1);
                    region(out, from, to, head * d, d)
                            .assign(weights.mmul(slice(v, from, to, keyHead, d)).divi(sum));
                    region(logSumExp, from, to, head, 1)
                            .assign(Transforms.log(sum, false).addi(maximum));
                }
            }
        }
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
        int d = q.columns() / heads;
        dk.fill(0);
        dv.fill(0);
        for (int sequence = 0; sequence + 1 < starts.length; sequence++) {
            int from = starts[sequence];
            int to = starts[sequence + 1];
            for (int head = 0; head < heads; head++) {
                int keyHead = head / (heads / keyHeads);
                try (MemoryWorkspace ignored = scratch()) {
                    INDArray query = slice(q, from, to, head, d);
                    INDArray key = slice(k, from, to, keyHead, d);
                    INDArray dOutput = slice(dOut, from, to, head, d);
                    INDArray scores = causalScores(query, key, scale);
                    INDArray weights = Transforms.exp(scores.subi(region(logSumExp, from, to, head, 1)), false);
                    INDArray mean = dOutput.mul(slice(out, from, to, head, d)).sum(true, 1);
                    INDArray dScores = dOutput.mmul(
                                    slice(v, from, to, keyHead, d).transpose())
                            .subi(mean)
                            .muli(weights)
                            .muli(scale);
                    region(dq, from, to, head * d, d).assign(dScores.mmul(key));
                    region(dk, from, to, keyHead * d, d)
                            .addi(dScores.transpose().mmul(query));
                    region(dv, from, to, keyHead * d, d)
                            .addi(weights.transpose().mmul(dOutput));
                }
            }
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
        int d = keys.columns();
        int capacity = keys.rows() / keyHeads;
        for (int sequence = 0; sequence + 1 < starts.length; sequence++) {
            int from = starts[sequence];
            int to = starts[sequence + 1];
            int[] seen = Arrays.copyOf(slots[sequence], lengths[sequence]);
            for (int head = 0; head < heads; head++) {
                int keyHead = head / (heads / keyHeads);
                int[] rows = Arrays.stream(seen)
                        .map(slot -> keyHead * capacity + slot)
                        .toArray();
                try (MemoryWorkspace ignored = scratch()) {
                    INDArray scores =
                            causalScores(slice(q, from, to, head, d), Nd4j.pullRows(keys.array(), 1, rows), scale);
                    INDArray weights = Transforms.exp(scores.subi(scores.max(true, 1)), false);
                    INDArray sum = weights.sum(true, 1);
                    region(out, from, to, head * d, d)
                            .assign(weights.mmul(Nd4j.pullRows(values.array(), 1, rows))
                                    .divi(sum));
                }
            }
        }
    }

    @Override
    public void writeSlots(Tensor x, int[] slots, int keyHeads, Tensor cache) {
        int d = cache.columns();
        int capacity = cache.rows() / keyHeads;
        for (int i = 0; i < slots.length; i++) {
            for (int head = 0; head < keyHeads; head++) {
                int row = head * capacity + slots[i];
                region(cache, row, row + 1, 0, d).assign(region(x, i, i + 1, head * d, d));
            }
        }
    }

    @Override
    public void logSumExp(Tensor x, Tensor out) {
        try (MemoryWorkspace ignored = scratch()) {
            INDArray maximum = x.array().max(true, 1);
            INDArray sum = Transforms.exp(x.array().sub(maximum), false).sum(true, 1);
            out.array().assign(Transforms.log(sum, false).addi(maximum));
        }
    }

    /** scale * query key^T, with what lies in a token's future masked: the last query is the last key's token. */
    private static INDArray causalScores(INDArray query, INDArray key, float scale) {
        int queries = (int) query.rows();
        int length = (int) key.rows();
        int before = length - queries;
        float[] past = new float[queries * length];
        float[] future = new float[queries * length];
        for (int i = 0; i < queries; i++) {
            for (int j = 0; j < length; j++) {
                past[i * length + j] = j <= before + i ? scale : 0;
                future[i * length + j] = j <= before + i ? 0 : (float) MASKED;
            }
        }
        return query.mmul(key.transpose()).muli(matrix(past, queries, length)).addi(matrix(future, queries, length));
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        try (MemoryWorkspace ignored = scratch()) {
            INDArray sigmoid = Transforms.sigmoid(gate.array(), true);
            out.array().assign(sigmoid.muli(gate.array()).muli(up.array()));
        }
    }

    @Override
    public void swiGluBackward(Tensor dOut, Tensor gate, Tensor up) {
        try (MemoryWorkspace ignored = scratch()) {
            INDArray sigmoid = Transforms.sigmoid(gate.array(), true);
            INDArray silu = sigmoid.mul(gate.array());
            INDArray slope = sigmoid.sub(silu.mul(sigmoid)).addi(silu);
            INDArray out = silu.mul(up.array());
            INDArray dUp = silu.muli(dOut.array());
            gate.array().assign(slope.muli(dOut.array()).muli(up.array()));
            up.array().assign(dUp);
            dOut.array().assign(out);
        }
    }

    @Override
    public double crossEntropy(Tensor logits, int[] targets, float scale) {
        try (MemoryWorkspace ignored = scratch()) {
            INDArray x = logits.array();
            INDArray flat = x.reshape(logits.size());
            INDArray ofTargets = Nd4j.createFromArray(IntStream.range(0, targets.length)
                    .map(row -> row * logits.columns() + targets[row])
                    .toArray());
            x.subi(x.max(true, 1));
            // Single elements of a matrix are a device's to read: asking for one would bring all of it to the host.
            float[] scores = Nd4j.exec(new Gather(flat, ofTargets, 0))[0].toFloatVector();
            Transforms.exp(x, false);
            INDArray sum = x.sum(true, 1);
            float[] sums = sum.toFloatVector();
            x.muli(sum.rdiv(scale));
            ScatterSub atTargets = new ScatterSub(
                    flat, ofTargets, Nd4j.valueArrayOf(new long[] {targets.length}, scale, DataType.FLOAT));
            atTargets.addOutputArgument(flat);
            Nd4j.exec(atTargets);
            double loss = 0;
            for (int row = 0; row < targets.length; row++) {
                loss += Math.log(sums[row]) - scores[row];
            }
            return loss;
        }
    }

    @Override
    public void dropout(Tensor x, long seed, int firstRow, float probability, Tensor out) {
        int key = DropoutMask.key(seed);
        int threshold = DropoutMask.threshold(probability);
        float kept = DropoutMask.scale(probability);
        float[] mask = new float[Math.toIntExact(x.size())];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = DropoutMask.keeps(key, firstRow * x.columns() + i, threshold) ? kept : 0;
        }
        try (MemoryWorkspace ignored = scratch()) {
            out.array().assign(matrix(mask, x.rows(), x.columns()).muli(x.array()));
        }
    }

    @Override
    public void writeColumns(Tensor x, float alpha, Tensor out, int from) {
        try (MemoryWorkspace ignored = scratch()) {
            columns(out, from, x.columns()).assign(x.array().mul(alpha));
        }
    }

    @Override
    public void addColumns(Tensor x, int from, float alpha, Tensor out) {
        try (MemoryWorkspace ignored = scratch()) {
            out.array().addi(columns(x, from, out.columns()).mul(alpha));
        }
    }

    @Override
    public void writeScaledColumns(Tensor x, Tensor factors, Tensor out, int from) {
        try (MemoryWorkspace ignored = scratch()) {
            columns(out, from, x.columns()).assign(x.array().mulRowVector(factors.array()));
        }
    }

    @Override
    public void addColumnDots(Tensor x, int from, Tensor y, Tensor out) {
        try (MemoryWorkspace ignored = scratch()) {
            out.array().addi(y.array().mul(columns(x, from, y.columns())).sum(true, 0));
        }
    }

    @Override
    public void adam(Tensor gradient, Tensor m, Tensor v, AdamStep step) {
        try (MemoryWorkspace ignored = scratch()) {
            INDArray g = gradient.array();
            m.array().muli(step.beta1()).addi(g.mul(1 - step.beta1()));
            v.array().muli(step.beta2()).addi(g.mul(g).muli(1 - step.beta2()));
            double correction1 = 1 - Math.pow(step.beta1(), step.t());
            double correction2 = 1 - Math.pow(step.beta2(), step.t());
            INDArray denominator = Transforms.sqrt(v.array(), true)
                    .divi(Math.sqrt(correction2))
                    .addi(step.epsilon());
            g.assign(m.array().div(denominator).muli(step.rate() / correction1));
        }
    }

    private static INDArray matrix(float[] values, int rows, int columns) {
        return Nd4j.create(values, new long[] {rows, columns}, DataType.FLOAT);
    }

    /** A copy of one head's rows [from, to), (to - from) x d. */
    private static INDArray slice(Tensor x, int from, int to, int head, int d) {
        return region(x, from, to, head * d, d).dup('c');
    }

    private static INDArray columns(Tensor x, int from, int count) {
        return region(x, 0, x.rows(), from, count);
    }

    private static INDArray region(Tensor x, int fromRow, int toRow, int fromColumn, int count) {
        INDArray whole = x.array();
        return Nd4j.create(
                whole.data(),
                new long[] {toRow - fromRow, count},
                new long[] {x.stride(), 1},
                whole.offset() + (long) fromRow * x.stride() + fromColumn,
                'c');
    }
}
