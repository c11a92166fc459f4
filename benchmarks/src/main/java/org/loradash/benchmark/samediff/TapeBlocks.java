package org.loradash.benchmark.samediff;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Dropout;
import org.loradash.autograd.Linear;
import org.loradash.autograd.LowRank;
import org.loradash.autograd.Residual;
import org.loradash.autograd.SwiGlu;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.config.Settings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;

/** The network on our tape: each thread computes its share of the tokens, then the shares' gradients are added. */
final class TapeBlocks implements AutoCloseable {
    private final Blocks blocks;
    private final List<Frozen> frozen;
    private final List<Lane> lanes = new ArrayList<>();

    /** A block's weights, which all threads share. */
    private record Frozen(Weight gate, Weight up, Weight down) {}

    /** A block's changes, with a thread's gradients of them. */
    private record Changes(LowRank up, LowRank down) {}

    TapeBlocks(Blocks blocks, int threads, UnaryOperator<Kernels> wrapping) {
        this.blocks = blocks;
        int hidden = blocks.shape().hidden();
        int inner = blocks.shape().inner();
        this.frozen = blocks.blocks().stream()
                .map(block -> new Frozen(
                        weight(block.gate(), inner, hidden),
                        weight(block.up().weight(), inner, hidden),
                        weight(block.down().weight(), hidden, inner)))
                .toList();
        int tokens = blocks.shape().tokens();
        int shares = Math.min(threads, tokens);
        for (int i = 0; i < shares; i++) {
            lanes.add(new Lane((int) ((long) tokens * i / shares), (int) ((long) tokens * (i + 1) / shares), wrapping));
        }
    }

    /** Forward and backward; the gradients are then in the first thread's memory. */
    void run() {
        runAll(lanes, Lane::forwardAndBackward);
        Lane first = lanes.get(0);
        runAll(List.of(first), lane -> lanes.subList(1, lanes.size()).forEach(lane::add));
    }

    /** The gradients of a block's factors: of up's A and B, then of down's. */
    List<Tensor> gradients(int block) {
        Changes changes = lanes.get(0).changes.get(block);
        return List.of(
                changes.up().aGradient(),
                changes.up().bGradient(),
                changes.down().aGradient(),
                changes.down().bGradient());
    }

    @Override
    public void close() {
        lanes.forEach(lane -> lane.thread.shutdownNow());
    }

    private static void runAll(List<Lane> lanes, Consumer<Lane> work) {
        List<Future<?>> running = new ArrayList<>();
        lanes.forEach(lane -> running.add(lane.thread.submit(() -> work.accept(lane))));
        for (Future<?> one : running) {
            try {
                one.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
    }

    private static Weight weight(float[] values, int rows, int columns) {
        Weight weight = Weight.allocate(rows, columns, Storage.FLOAT32);
        weight.write(0, values, values.length);
        return weight;
    }

    private static LowRank change(Blocks.Changed changed, int rank) {
        int inputs = changed.a().length / rank;
        int outputs = changed.b().length / rank;
        return new LowRank(
                Tensor.of(rank, inputs, changed.a()),
                Tensor.of(outputs, rank, changed.b()),
                Tensor.zeros(rank, inputs),
                Tensor.zeros(outputs, rank));
    }

    private final class Lane {
        private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
            Thread daemon = new Thread(task, "tape");
            daemon.setDaemon(true);
            return daemon;
        });
        private final Tensor x;
        private final Tensor direction;
        private final List<Changes> changes;
        private Tape tape;

        Lane(int from, int to, UnaryOperator<Kernels> wrapping) {
            int hidden = blocks.shape().hidden();
            int rank = blocks.shape().rank();
            x = Tensor.of(blocks.shape().tokens(), hidden, blocks.x()).rows(from, to);
            direction = Tensor.of(blocks.shape().tokens(), hidden, blocks.direction())
                    .rows(from, to);
            changes = blocks.blocks().stream()
                    .map(block -> new Changes(change(block.up(), rank), change(block.down(), rank)))
                    .toList();
            runAll(
                    List.of(this),
                    lane -> lane.tape =
                            new Tape(wrapping.apply(KernelProvider.best().open()), new Arena()));
        }

        void forwardAndBackward() {
            tape.reset();
            Variable stream = tape.constant(x);
            for (int i = 0; i < frozen.size(); i++) {
                Frozen weights = frozen.get(i);
                Variable gate = Linear.apply(tape, stream, weights.gate());
                Variable up =
                        Linear.apply(tape, stream, weights.up(), changes.get(i).up(), Dropout.NONE);
                Variable activated = SwiGlu.apply(tape, gate, up);
                stream = Residual.add(
                        tape,
                        stream,
                        Linear.apply(
                                tape, activated, weights.down(), changes.get(i).down(), Dropout.NONE));
            }
            tape.kernels().copy(direction, tape.newGradient(stream));
            tape.backward();
        }

        void add(Lane other) {
            for (int i = 0; i < changes.size(); i++) {
                add(other.changes.get(i).up(), changes.get(i).up());
                add(other.changes.get(i).down(), changes.get(i).down());
            }
        }

        private void add(LowRank from, LowRank to) {
            tape.kernels().add(from.aGradient(), 1f, to.aGradient());
            tape.kernels().add(from.bGradient(), 1f, to.bGradient());
        }
    }
}
