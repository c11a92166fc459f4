package org.loradash.task;

/**
 * Tells what an example says, as text for people. Any number of threads may use one; close it to free its memory.
 *
 * @param <E> an example
 */
public interface Wording<E> extends AutoCloseable {
    /** The text of an example: a function of the example alone. */
    String of(E example);

    @Override
    void close();
}
