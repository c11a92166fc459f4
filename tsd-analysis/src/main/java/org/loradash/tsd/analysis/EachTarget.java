package org.loradash.tsd.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.loradash.tsd.source.Target;

/** One function of every target, several at once, with bounded memory; results in the order of the targets. */
final class EachTarget {
    private EachTarget() {}

    /** @throws RuntimeException what the function threw first, in the order of the targets; the rest is given up */
    static <T> List<T> map(List<Target> targets, int threads, Progress progress, Function<Target, T> function) {
        MemoryBudget budget = MemoryBudget.ofThisProcess();
        progress.begin(
                targets.size(), targets.stream().mapToDouble(EachTarget::work).sum());
        ExecutorService pool = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "tsd");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (Target target : targets) {
                futures.add(pool.submit(() -> {
                    MemoryBudget.Need need = MemoryBudget.Need.of(target);
                    budget.take(need);
                    try {
                        T result = function.apply(target);
                        progress.advance(work(target));
                        return result;
                    } finally {
                        budget.giveBack(need);
                    }
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    /** What a decomposition costs, up to a factor. */
    private static double work(Target target) {
        return (double) target.elements() * target.size();
    }
}
