package org.loradash.spark.evaluation;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.loradash.data.RecordFile;

/** What a model says of rows. One thread may use an instance. */
interface RowPredictor extends AutoCloseable {
    /**
     * What is added to each of the rows, by the names of columns in their order.
     *
     * @param first the number of the first one
     */
    List<Map<String, Object>> predict(RecordFile rows, int first) throws IOException;

    @Override
    void close();
}
