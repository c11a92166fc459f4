package org.loradash.benchmark.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.loradash.kernel.Kernels;

/**
 * Wraps the kernels of every thread of an engine, and says what they did together. Figures may be read, and recording be
 * turned on and off, only between steps.
 */
public final class Observation implements UnaryOperator<Kernels> {
    private final int rank;
    private final List<Tally> tallies = new ArrayList<>();
    private final List<Products> products = new ArrayList<>();
    private volatile boolean recording;

    /** @param rank of low-rank changes, by which their products are told from the others */
    public Observation(int rank) {
        this.rank = rank;
    }

    @Override
    public synchronized Kernels apply(Kernels kernels) {
        Tally tally = new Tally();
        Products ofThread = new Products();
        tallies.add(tally);
        products.add(ofThread);
        ProductListener recorder = (a, sideOfA, b, sideOfB, c, alpha, beta) -> {
            if (recording) {
                ofThread.product(a, sideOfA, b, sideOfB, c, alpha, beta);
            }
        };
        return new TimedKernels(kernels, rank, tally, recorder);
    }

    /** Forgets all products, and begins to keep them. */
    public synchronized void beginRecording() {
        products.forEach(Products::clear);
        recording = true;
    }

    /** Stops keeping products. */
    public void endRecording() {
        recording = false;
    }

    /** Each thread's products since recording began. */
    public synchronized List<Products> products() {
        return List.copyOf(products);
    }

    /** All threads' operations so far together. */
    public synchronized Tally total() {
        Tally total = new Tally();
        tallies.forEach(total::add);
        return total;
    }

    public synchronized void reset() {
        tallies.forEach(Tally::reset);
    }
}
