package org.loradash.kernel.portable;

import static org.loradash.kernel.operation.MatrixProduct.Side.PLAIN;
import static org.loradash.kernel.operation.MatrixProduct.Side.TRANSPOSED;
import static org.loradash.kernel.portable.PortableAttention.product;
import static org.loradash.kernel.portable.Workspace.region;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.RelativeAttention.Backward;
import org.loradash.kernel.operation.RelativeAttention.Forward;
import org.loradash.kernel.operation.RelativeAttention.Relative;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Relative attention sequence by sequence and head by head. The products of all queries with the rows of all 2 length - 1
 * distances, farthest first, hold that of query i and key j at row i, column j - i + length - 1: in memory these are again
 * a matrix, with another stride. So are those of all keys with the distances, nearest to its first token first.
 */
public final class PortableRelativeAttention {
    private PortableRelativeAttention() {}

    public static void forward(Forward of) {
        Part.each(of.shape(), of.rows(), of.q(), part -> {
            INDArray scores = scores(part, part.of(of.q()), part.of(of.k()), of.relative());
            INDArray maximum = scores.max(true, 1);
            INDArray weights = Transforms.exp(scores.subi(maximum), false);
            INDArray sum = weights.sum(true, 1);
            part.in(of.out())
                    .assign(product(weights, PLAIN, part.of(of.v()), PLAIN).divi(sum));
            part.logSumExp(of.logSumExp()).assign(Transforms.log(sum, false).addi(maximum));
        });
    }

    public static void backward(Backward of) {
        Part.each(of.shape(), of.rows(), of.q(), part -> {
            INDArray q = part.of(of.q());
            INDArray k = part.of(of.k());
            INDArray dOut = part.of(of.dOut());
            INDArray scores = scores(part, q, k, of.relative());
            INDArray weights = Transforms.exp(scores.subi(part.logSumExp(of.logSumExp())), false);
            INDArray mean = dOut.mul(part.of(of.out())).sum(true, 1);
            INDArray dScores = product(dOut, PLAIN, part.of(of.v()), TRANSPOSED)
                    .subi(mean)
                    .muli(weights)
                    .muli(of.shape().scale());
            INDArray dq = product(dScores, PLAIN, k, PLAIN);
            INDArray dk = product(dScores, TRANSPOSED, q, PLAIN);
            of.relative().keys().ifPresent(keys -> {
                int[] rows = part.farthestFirst();
                INDArray dProducts = part.dProducts();
                part.ofQueries(dProducts).assign(dScores);
                dq.addi(product(dProducts, PLAIN, part.pull(keys, rows), PLAIN));
                of.dRelative().keys().ifPresent(to -> part.add(product(dProducts, TRANSPOSED, q, PLAIN), to, rows));
            });
            of.relative().queries().ifPresent(queries -> {
                int[] rows = part.nearestFirst();
                INDArray dProducts = part.dProducts();
                part.ofKeys(dProducts).assign(dScores);
                dk.addi(product(dProducts, PLAIN, part.pull(queries, rows), PLAIN));
                of.dRelative().queries().ifPresent(to -> part.add(product(dProducts, TRANSPOSED, k, PLAIN), to, rows));
            });
            part.in(of.dq()).assign(dq);
            part.in(of.dk()).assign(dk);
            part.in(of.dv()).assign(product(weights, TRANSPOSED, dOut, PLAIN));
        });
    }

    private static INDArray scores(Part part, INDArray q, INDArray k, Relative relative) {
        INDArray scores = product(q, PLAIN, k, TRANSPOSED);
        relative.keys()
                .ifPresent(keys -> scores.addi(
                        part.ofQueries(product(q, PLAIN, part.pull(keys, part.farthestFirst()), TRANSPOSED))));
        relative.queries()
                .ifPresent(queries -> scores.addi(
                        part.ofKeys(product(k, PLAIN, part.pull(queries, part.nearestFirst()), TRANSPOSED))));
        return scores.muli(part.shape().scale());
    }

    /** One sequence's part of one head. */
    private record Part(AttentionShape shape, int[] rows, int sequence, int head, int d) {

        /** Computes on every part, in memory that is given back after each. */
        static void each(AttentionShape shape, int[] rows, Tensor q, Consumer<Part> work) {
            for (int sequence = 0; sequence < shape.sequences(); sequence++) {
                for (int head = 0; head < shape.heads(); head++) {
                    try (MemoryWorkspace ignored = Workspace.open()) {
                        work.accept(new Part(shape, rows, sequence, head, q.columns() / shape.heads()));
                    }
                }
            }
        }

        private int length() {
            return shape.length(sequence);
        }

        /** Its rows and columns of a tensor, in the tensor's memory. */
        INDArray in(Tensor x) {
            return region(x, shape.starts()[sequence], shape.starts()[sequence + 1], head * d, d);
        }

        INDArray of(Tensor x) {
            return in(x).dup('c');
        }

        INDArray logSumExp(Tensor x) {
            return region(x, shape.starts()[sequence], shape.starts()[sequence + 1], head, 1);
        }

        /** The rows of relative tensors that distances from 1 - length to length - 1 have. */
        int[] nearestFirst() {
            int zero = rows.length / 2;
            return Arrays.copyOfRange(rows, zero - length() + 1, zero + length());
        }

        int[] farthestFirst() {
            int[] rows = nearestFirst();
            return IntStream.range(0, rows.length)
                    .map(i -> rows[rows.length - 1 - i])
                    .toArray();
        }

        INDArray pull(Tensor relative, int[] which) {
            return Nd4j.pullRows(
                    region(relative, 0, relative.rows(), head * d, d).dup('c'), 1, which);
        }

        void add(INDArray gradient, Tensor dRelative, int[] which) {
            for (int i = 0; i < which.length; i++) {
                region(dRelative, which[i], which[i] + 1, head * d, d).addi(gradient.getRow(i, true));
            }
        }

        /** Zeros like the products with all distances. */
        INDArray dProducts() {
            return Nd4j.zeros(DataType.FLOAT, length(), 2L * length() - 1);
        }

        /** Of products of queries with distances, that of each query and key. */
        INDArray ofQueries(INDArray products) {
            return view(products, 2L * length() - 2, 1);
        }

        /** Of products of keys with distances, that of each query and key. */
        INDArray ofKeys(INDArray products) {
            return view(products, 1, 2L * length() - 2);
        }

        private INDArray view(INDArray products, long ofQuery, long ofKey) {
            return Nd4j.create(
                    products.data(),
                    new long[] {length(), length()},
                    new long[] {ofQuery, ofKey},
                    products.offset() + length() - 1,
                    'c');
        }
    }
}
