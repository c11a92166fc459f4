package org.loradash.data;

import java.io.Closeable;
import java.io.IOException;
import org.loradash.tsd.InvalidInput;

/** Reads the records of files as examples, one after another. */
public interface RecordReader<E> extends Closeable {
    /** Takes examples, and is told what becomes of records otherwise. */
    @FunctionalInterface
    interface Sink<E> {
        void accept(E example) throws IOException;

        /** Is told what the next example, or one that is passed over, was made of. */
        default void origin(Origin origin) {}

        /** Is told that the next example lacks so many turns of its conversation, for they are beyond the cut-off. */
        default void shortened(int turns) {}

        /** Is told of an example that is left out, for nothing can be learnt of it. */
        default void passedOver(E example) {}

        /**
         * Is told of a record that cannot become an example, and throws unless it wants those behind it.
         *
         * @param why without the record's place
         */
        default void refused(InvalidInput mistake, String why) {
            throw mistake;
        }
    }

    /**
     * Reads all records of a file in order, to its end.
     *
     * @throws InvalidInput where a record is none, or nothing can be learnt of it
     */
    void read(RecordFile file, Sink<E> sink) throws IOException;

    /** Lets go of what only reading needs. */
    @Override
    default void close() throws IOException {}
}
