package org.loradash.benchmark.operation;

import static org.loradash.benchmark.operation.Shapes.GATE_UP;
import static org.loradash.benchmark.operation.Shapes.HEADS;
import static org.loradash.benchmark.operation.Shapes.HIDDEN;
import static org.loradash.benchmark.operation.Shapes.INNER;
import static org.loradash.benchmark.operation.Shapes.RANK;
import static org.loradash.benchmark.operation.Shapes.TOKENS;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.Adam;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.Drop;
import org.loradash.kernel.operation.GatedUnit;
import org.loradash.kernel.operation.RmsNorm;
import org.loradash.kernel.operation.Rotate;
import org.loradash.kernel.operation.Rotate.Direction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Operations on elements and rows, which wait for memory. */
public class RowsBenchmark {
    private static final Adam.Step STEP = new Adam.Step(2e-4, 0.9, 0.999, 1e-8, 100);

    /** Hidden states of a block: the width of the residual stream. */
    @State(Scope.Thread)
    public static class Hidden {
        final Ring x = new Ring(TOKENS, HIDDEN);
        final Ring y = new Ring(TOKENS, HIDDEN);
        final Ring z = new Ring(TOKENS, HIDDEN);
        final Tensor weight = new Ring(1, HIDDEN).next();
        final Tensor inverse = new Ring(TOKENS, 1).next();
        final Tensor cosines = new Ring(TOKENS, HIDDEN / HEADS / 2).next();
        final Tensor sines = new Ring(TOKENS, HIDDEN / HEADS / 2).next();
        final int[] positions = new int[TOKENS];

        public Hidden() {
            for (int i = 0; i < TOKENS; i++) {
                positions[i] = i;
            }
        }
    }

    /** Hidden states within the feed-forward layer. */
    @State(Scope.Thread)
    public static class Inner {
        final Ring gateUp = new Ring(TOKENS, GATE_UP);
        final Ring out = new Ring(TOKENS, INNER);
    }

    /** The same, for the backward, which overwrites its arguments: other numbers would soon be zeros. */
    @State(Scope.Thread)
    public static class Restored {
        final Ring gateUp = new Ring(TOKENS, GATE_UP);
        final Ring dOut = new Ring(TOKENS, INNER);

        @TearDown(Level.Invocation)
        public void restore() {
            gateUp.restore();
            dOut.restore();
        }
    }

    /** The factors of an up projection and their moments. */
    @State(Scope.Thread)
    public static class Parameters {
        final Ring gradient = new Ring(RANK, HIDDEN + INNER);
        final Ring m = new Ring(RANK, HIDDEN + INNER);
        final Ring v = positive(new Ring(RANK, HIDDEN + INNER));

        private static Ring positive(Ring ring) {
            Tensor first = ring.next();
            Tensor tensor = first;
            do {
                float[] values = tensor.toArray();
                for (int i = 0; i < values.length; i++) {
                    values[i] *= values[i];
                }
                tensor.write(values, 0);
                tensor = ring.next();
            } while (tensor != first);
            return ring;
        }
    }

    @Benchmark
    public void add(Watched watched, Hidden hidden, Work work) {
        watched.kernels.run(new Add(hidden.x.next(), 1f, hidden.y.next()));
        work.take(watched.tally);
    }

    @Benchmark
    public void rmsNorm(Watched watched, Hidden hidden, Work work) {
        watched.kernels.run(
                new RmsNorm.Forward(hidden.x.next(), hidden.weight, 1e-5f, hidden.y.next(), hidden.inverse));
        work.take(watched.tally);
    }

    @Benchmark
    public void rmsNormBackward(Watched watched, Hidden hidden, Work work) {
        watched.kernels.run(
                new RmsNorm.Backward(hidden.x.next(), hidden.y.next(), hidden.weight, hidden.inverse, hidden.z.next()));
        work.take(watched.tally);
    }

    @Benchmark
    public void rotate(Watched watched, Hidden hidden, Work work) {
        watched.kernels.run(
                new Rotate(hidden.x.next(), HEADS, hidden.cosines, hidden.sines, hidden.positions, Direction.FORWARD));
        work.take(watched.tally);
    }

    @Benchmark
    public void dropout(Watched watched, Hidden hidden, Work work) {
        watched.kernels.run(new Drop(hidden.x.next(), 7, 0, 0.05f, hidden.y.next()));
        work.take(watched.tally);
    }

    @Benchmark
    public void swiGlu(Watched watched, Inner inner, Work work) {
        Tensor gateUp = inner.gateUp.next();
        watched.kernels.run(new GatedUnit.Forward(
                gateUp.columns(0, INNER), gateUp.columns(INNER, GATE_UP), Activation.SILU, inner.out.next()));
        work.take(watched.tally);
    }

    @Benchmark
    public void swiGluBackward(Watched watched, Restored inner, Work work) {
        Tensor gateUp = inner.gateUp.next();
        watched.kernels.run(new GatedUnit.Backward(
                inner.dOut.next(), gateUp.columns(0, INNER), gateUp.columns(INNER, GATE_UP), Activation.SILU));
        work.take(watched.tally);
    }

    @Benchmark
    public void adam(Watched watched, Parameters parameters, Work work) {
        watched.kernels.run(new Adam(parameters.gradient.next(), parameters.m.next(), parameters.v.next(), STEP));
        work.take(watched.tally);
    }
}
