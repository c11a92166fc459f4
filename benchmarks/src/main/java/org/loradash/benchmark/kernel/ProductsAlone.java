package org.loradash.benchmark.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;

/** Threads that compute a step's products and nothing else: the least that the step could take with these products. */
public final class ProductsAlone implements AutoCloseable {
    private final KernelProvider provider;
    private final List<ExecutorService> threads = new ArrayList<>();
    private final List<Kernels> kernels = new ArrayList<>();

    public ProductsAlone(KernelProvider provider) {
        this.provider = provider;
    }

    /**
     * Computes each thread's products on a thread of its own, all at once.
     *
     * @return seconds until the last one was done
     */
    public double run(List<Products> ofThreads) {
        while (threads.size() < ofThreads.size()) {
            ExecutorService thread = Executors.newSingleThreadExecutor(Daemon::new);
            threads.add(thread);
            kernels.add(await(thread.submit(provider::open)));
        }
        long begin = System.nanoTime();
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < ofThreads.size(); i++) {
            Products products = ofThreads.get(i);
            Kernels own = kernels.get(i);
            running.add(threads.get(i).submit(() -> products.run(own)));
        }
        running.forEach(ProductsAlone::await);
        return (System.nanoTime() - begin) * 1e-9;
    }

    @Override
    public void close() {
        threads.forEach(ExecutorService::shutdownNow);
    }

    private static <T> T await(Future<T> running) {
        try {
            return running.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private static final class Daemon extends Thread {
        Daemon(Runnable task) {
            super(task);
            setDaemon(true);
        }
    }
}
