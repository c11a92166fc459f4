package org.loradash.data;

import java.nio.ByteBuffer;

/** How an example, which is what a task makes of a record, is kept in a store. Any number of threads may use one. */
public interface Codec<E> {
    /** How many bytes an example takes. */
    int bytes(E example);

    /** Writes an example from the buffer's position on. */
    void write(E example, ByteBuffer to);

    /**
     * The example that all remaining bytes of the buffer are.
     *
     * @throws IllegalArgumentException where they are none
     */
    E read(ByteBuffer from);

    /** How much there is to compute on: tokens of a text, or 1. */
    int size(E example);

    /** How much the mean of a batch's losses counts it: labelled tokens of a text, or 1. */
    int weight(E example);
}
