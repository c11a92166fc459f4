package org.loradash.spark;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Supplier;

/** Things that one task at a time may use: as many as there have been tasks at the same time. */
final class Pool<T> {
    private final ConcurrentLinkedDeque<T> idle = new ConcurrentLinkedDeque<>();
    private final Supplier<T> maker;

    Pool(Supplier<T> maker) {
        this.maker = maker;
    }

    /** One that nobody else uses until it is given back. */
    T take() {
        T thing = idle.pollFirst();
        return thing == null ? maker.get() : thing;
    }

    void giveBack(T thing) {
        idle.addFirst(thing);
    }
}
