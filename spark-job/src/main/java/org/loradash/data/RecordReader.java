package org.loradash.data;

import java.io.Closeable;
import java.io.IOException;

/** Reads the records of files as examples, one after another. */
public interface RecordReader<E> extends Closeable {
    /** Takes an example. */
    @FunctionalInterface
    interface Sink<E> {
        void accept(E example) throws IOException;
    }

    /**
     * Reads all records of a file in order, to its end.
     *
     * @throws org.loradash.tsd.InvalidInput where a record is none, or nothing can be learnt of it
     */
    void read(RecordFile file, Sink<E> sink) throws IOException;

    /** Lets go of what only reading needs. */
    @Override
    default void close() throws IOException {}
}
