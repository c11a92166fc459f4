package org.loradash.spark.rounds;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Things that one task at a time may use: as many as there have been tasks at the same time. */
public final class Pool<T> implements AutoCloseable {
    private final ConcurrentLinkedDeque<T> idle = new ConcurrentLinkedDeque<>();
    private final Supplier<T> maker;
    private final Consumer<T> end;
    private volatile boolean closed = false;

    /** @param end what is done to a thing that is not used again */
    public Pool(Supplier<T> maker, Consumer<T> end) {
        this.maker = maker;
        this.end = end;
    }

    public Pool(Supplier<T> maker) {
        this(maker, thing -> {});
    }

    /** One that nobody else uses until it is given back. */
    public T take() {
        T thing = idle.pollFirst();
        return thing == null ? maker.get() : thing;
    }

    public void giveBack(T thing) {
        idle.addFirst(thing);
        if (closed) {
            endIdle();
        }
    }

    /** Ends what is idle now, and what is still in use when it is given back. */
    @Override
    public void close() {
        closed = true;
        endIdle();
    }

    private void endIdle() {
        for (T thing = idle.pollFirst(); thing != null; thing = idle.pollFirst()) {
            end.accept(thing);
        }
    }
}
