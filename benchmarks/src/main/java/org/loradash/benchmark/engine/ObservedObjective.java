package org.loradash.benchmark.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.ChainRule;
import org.loradash.adapter.Factors;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Dropout;
import org.loradash.autograd.LowRank;
import org.loradash.autograd.Tape;
import org.loradash.data.Batch;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.Changes;
import org.loradash.model.Model;
import org.loradash.train.LanguageModelObjective.Options;
import org.loradash.train.Objective;

/**
 * {@link org.loradash.train.LanguageModelObjective} with kernels that are wrapped: the same slices, tapes and products, so
 * that what they take can be seen. Each thread takes every n-th slice and adds to a sum of its own.
 */
final class ObservedObjective implements Objective<Batch>, AutoCloseable {
    private final Model model;
    private final Adapter adapter;
    private final Options options;
    private final ChainRule chainRule;
    private final Factors changes;
    private final List<Lane> lanes;

    ObservedObjective(
            Model model, Adapter adapter, Options options, KernelProvider provider, UnaryOperator<Kernels> wrapping) {
        this.model = model;
        this.adapter = adapter;
        this.options = options;
        this.chainRule = new ChainRule(adapter);
        this.changes = Factors.allocate(adapter);
        this.lanes = IntStream.range(0, options.threads())
                .mapToObj(number -> new Lane(number, adapter, provider, wrapping))
                .toList();
    }

    @Override
    public int parameters() {
        return adapter.parameters();
    }

    @Override
    public double lossAndGradient(Batch batch, Tensor parameters, Tensor gradient, long seed) {
        List<Batch> slices = batch.slices(options.sliceTokens());
        List<Lane> busy = lanes.subList(0, Math.min(lanes.size(), slices.size()));
        float scale = 1f / batch.labelledTokens();
        runAll(lanes.subList(0, 1), lane -> chainRule.changes(lane.tape.kernels(), parameters, changes));
        runAll(busy, lane -> {
            lane.loss = 0;
            for (int slice = lane.number; slice < slices.size(); slice += busy.size()) {
                lane.tape.reset();
                lane.loss += model.loss(lane.tape, slices.get(slice), lane.changes(changes), scale);
                lane.tape.backward();
                if (slice == lane.number) {
                    lane.tape.kernels().copy(lane.gradients.memory(), lane.sum.memory());
                } else {
                    lane.tape.kernels().add(lane.gradients.memory(), 1f, lane.sum.memory());
                }
            }
        });
        Lane first = busy.get(0);
        runAll(List.of(first), lane -> {
            busy.subList(1, busy.size())
                    .forEach(other -> lane.tape.kernels().add(other.sum.memory(), 1f, lane.sum.memory()));
            chainRule.backward(lane.tape.kernels(), changes, lane.sum, gradient);
        });
        return busy.stream().mapToDouble(lane -> lane.loss).sum() / batch.labelledTokens();
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

    /** A thread with what it alone uses. */
    private static final class Lane {
        private final int number;
        private final ExecutorService thread;
        private final Factors gradients;
        private final Factors sum;
        private Tape tape;
        private double loss;

        Lane(int number, Adapter adapter, KernelProvider provider, UnaryOperator<Kernels> wrapping) {
            this.number = number;
            this.thread = Executors.newSingleThreadExecutor(task -> {
                Thread daemon = new Thread(task, "observed-" + number);
                daemon.setDaemon(true);
                return daemon;
            });
            this.gradients = Factors.allocate(adapter);
            this.sum = Factors.allocate(adapter);
            runAll(List.of(this), lane -> lane.tape = new Tape(wrapping.apply(provider.open()), new Arena()));
        }

        Changes changes(Factors changes) {
            return new Changes() {
                @Override
                public Optional<LowRank> of(String target) {
                    return Optional.ofNullable(changes.of(target)).map(change -> {
                        Factors.Pair gradient = gradients.of(target);
                        return new LowRank(change.a(), change.b(), gradient.a(), gradient.b());
                    });
                }

                @Override
                public Dropout dropout(String target) {
                    return Dropout.NONE;
                }
            };
        }
    }
}
