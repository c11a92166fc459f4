package org.loradash.data;

import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;

/** What becomes of records: examples, and their bytes in a store. It travels to every process. */
public interface Reading<E> extends Serializable {
    /** How an example is kept. */
    Codec<E> codec();

    /**
     * What makes examples of records; whoever asks for it closes it.
     *
     * @throws org.loradash.tsd.InvalidInput where what it needs of the model is not there, for the job asks for one before any
     *     long work to find out
     */
    RecordReader<E> reader(Configuration hadoop) throws IOException;

    /** What examples consist of, such as tokens, for people who watch it. */
    default String content() {
        return "records";
    }

    /** Whether what the user gives are folders whose files are records, rather than files. */
    default boolean readsFolders() {
        return false;
    }
}
