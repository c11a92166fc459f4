package org.loradash.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

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
     * @param file the name in messages
     * @throws org.loradash.tsd.InvalidInput where a record is none, or nothing can be learnt of it
     */
    void read(InputStream in, String file, Sink<E> sink) throws IOException;

    /** Lets go of what only reading needs. */
    @Override
    default void close() throws IOException {}
}
