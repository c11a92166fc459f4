package org.loradash.evaluate;

import java.util.List;
import org.loradash.tsd.Failure;

/** What puts questions or records to a model. One thread may use an instance; it computes with several. */
public interface Examiner extends AutoCloseable {

    /**
     * A part's lines, one for each of its items.
     *
     * @throws Failure where the model says something that is no number: nothing is told by it
     */
    List<Examined> examine(Part part);

    @Override
    void close();

    /**
     * What has become of an item.
     *
     * @param line that is kept, with its line feed
     * @param correct whether it is answered rightly, or its class predicted
     */
    record Examined(String line, boolean correct) {}
}
