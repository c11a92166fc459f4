package org.loradash.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The calling thread and helpers that compute one operation together, part by part. Which thread takes a part is left to
 * chance, so a part must depend on nothing but its number.
 *
 * <p>Operations follow each other within microseconds: helpers wait for the next one awake, and sleep only when it does
 * not come.
 */
final class Team implements AutoCloseable {
    private static final int SPINS_BEFORE_SLEEP = 1 << 14;
    private static final int SPINS_BEFORE_YIELD = 1 << 10;

    private final Thread[] helpers;
    private volatile Job current = new Job(0, null);
    private volatile boolean closed = false;

    /** Computes one part on one member's thread. */
    @FunctionalInterface
    interface Work {
        /** @param member which thread it is: 0 for the caller, 1 and up for helpers */
        void compute(int member, int part);
    }

    /** @param members threads that compute, the caller among them */
    Team(int members) {
        helpers = new Thread[members - 1];
        for (int i = 0; i < helpers.length; i++) {
            int member = i + 1;
            helpers[i] = new Thread(() -> help(member), "team-" + member);
            helpers[i].setDaemon(true);
            helpers[i].start();
        }
    }

    int members() {
        return helpers.length + 1;
    }

    /** Computes parts 0 to parts - 1 and returns when all are done; throws what the first failing one threw. */
    void run(int parts, Work work) {
        if (helpers.length == 0 || parts == 1) {
            for (int part = 0; part < parts; part++) {
                work.compute(0, part);
            }
            return;
        }
        Job job = new Job(parts, work);
        current = job;
        for (Thread helper : helpers) {
            LockSupport.unpark(helper);
        }
        job.takeParts(0);
        job.awaitAll();
    }

    private void help(int member) {
        NativeLibrary.confineToCallingThread();
        Job last = null;
        while (!closed) {
            Job job = current;
            for (int spins = 0; job == last && spins < SPINS_BEFORE_SLEEP; spins++) {
                Thread.onSpinWait();
                job = current;
            }
            if (job == last) {
                // An unpark that came before is remembered, so that no job is missed.
                LockSupport.park(this);
            } else {
                job.takeParts(member);
                last = job;
            }
        }
    }

    /** Lets the helpers end. */
    @Override
    public void close() {
        closed = true;
        for (Thread helper : helpers) {
            LockSupport.unpark(helper);
        }
    }

    private static final class Job {
        private final int parts;
        private final Work work;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private volatile Throwable failure;

        Job(int parts, Work work) {
            this.parts = parts;
            this.work = work;
        }

        void takeParts(int member) {
            for (int part = next.getAndIncrement(); part < parts; part = next.getAndIncrement()) {
                try {
                    if (failure == null) {
                        work.compute(member, part);
                    }
                } catch (RuntimeException | Error e) {
                    failure = e;
                } finally {
                    done.incrementAndGet();
                }
            }
        }

        void awaitAll() {
            for (int spins = 0; done.get() < parts; spins++) {
                if (spins < SPINS_BEFORE_YIELD) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield();
                }
            }
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure != null) {
                throw (RuntimeException) failure;
            }
        }
    }
}
