package org.loradash.train;

import java.util.function.IntFunction;

/** Hands out numbered pieces of work to several threads and lets each finish in the order of the numbers. */
final class Turns {
    private final int pieces;
    private int next = 0;
    private int turn = 0;
    private boolean failed = false;

    Turns(int pieces) {
        this.pieces = pieces;
    }

    /**
     * Takes pieces until none is left, together with other threads that do the same.
     *
     * @param work does a piece and returns what is to be done in turn: after all lower pieces, before all higher ones
     */
    void takeAll(IntFunction<Runnable> work) {
        boolean done = false;
        try {
            for (int piece = take(); piece >= 0; piece = take()) {
                Runnable inTurn = work.apply(piece);
                if (!awaitTurn(piece)) {
                    return;
                }
                inTurn.run();
                pass();
            }
            done = true;
        } finally {
            if (!done) {
                fail();
            }
        }
    }

    private synchronized int take() {
        return failed || next == pieces ? -1 : next++;
    }

    /** Whether the turn came; it never does when another thread failed. */
    private synchronized boolean awaitTurn(int piece) {
        while (turn != piece && !failed) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while piece " + piece + " awaited its turn", e);
            }
        }
        return !failed;
    }

    private synchronized void pass() {
        turn++;
        notifyAll();
    }

    private synchronized void fail() {
        failed = true;
        notifyAll();
    }
}
