package org.loradash.tsd.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.loradash.tsd.TargetName;
import org.loradash.tsd.source.Target;

class MemoryBudgetTest {
    @Test
    void neverLetsInMoreThanThereIsRoomFor() throws Exception {
        MemoryBudget budget = new MemoryBudget(100, 1000);
        MemoryBudget.Need need = new MemoryBudget.Need(40, 10);
        AtomicLong inside = new AtomicLong();
        AtomicLong most = new AtomicLong();
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            for (Future<?> future : IntStream.range(0, 200)
                    .mapToObj(i -> pool.submit(() -> {
                        budget.take(need);
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        Thread.onSpinWait();
                        inside.decrementAndGet();
                        budget.giveBack(need);
                        return null;
                    }))
                    .toList()) {
                future.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(most.get()).isBetween(1L, 2L);
    }

    @Test
    void whatIsTooLargeIsTriedAlone() throws InterruptedException {
        MemoryBudget budget = new MemoryBudget(1, 1);
        MemoryBudget.Need need = MemoryBudget.Need.of(new Target(new TargetName("a"), 4096, 11008));
        budget.take(need);
        budget.giveBack(need);
        assertThat(need.heap() + need.outside()).isBetween(1L << 30, 3L << 30);
    }
}
