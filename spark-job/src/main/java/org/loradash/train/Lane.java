package org.loradash.train;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.Factors;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;

/** A thread with kernels, an arena and gradients of its own. All but {@link #run} and {@link #close} is for that thread. */
final class Lane implements AutoCloseable {
    private final ExecutorService thread;
    private final Factors gradients;
    private Kernels kernels;
    private Tape tape;

    Lane(String name, Adapter adapter, KernelProvider provider) {
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread daemon = new Thread(task, name);
            daemon.setDaemon(true);
            return daemon;
        });
        this.gradients = Factors.allocate(adapter);
        run(lane -> {
            lane.kernels = provider.open();
            lane.tape = new Tape(lane.kernels, new Arena());
        });
    }

    Kernels kernels() {
        return kernels;
    }

    /** The gradients of the slice at hand. */
    Factors gradients() {
        return gradients;
    }

    /** The tape, empty, with all of the arena free. */
    Tape freshTape() {
        tape.reset();
        return tape;
    }

    void backward() {
        tape.backward();
    }

    /** Does the work on this lane's thread and waits for it. */
    void run(Consumer<Lane> work) {
        runAll(List.of(this), work);
    }

    /** Does the work on every lane's thread and waits for all; throws what the first failing one threw. */
    static void runAll(List<Lane> lanes, Consumer<Lane> work) {
        List<Future<?>> running = new ArrayList<>();
        for (Lane lane : lanes) {
            running.add(lane.thread.submit(() -> work.accept(lane)));
        }
        boolean interrupted = false;
        Throwable failure = null;
        for (Future<?> one : running) {
            boolean done = false;
            while (!done) {
                try {
                    one.get();
                    done = true;
                } catch (InterruptedException e) {
                    // Lanes share memory with the caller: it may not go on before they have stopped.
                    interrupted = true;
                } catch (ExecutionException e) {
                    failure = failure == null ? e.getCause() : failure;
                    done = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw asUnchecked(failure);
        }
    }

    private static RuntimeException asUnchecked(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(cause);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
