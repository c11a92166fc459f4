package org.loradash.spark.rounds;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import scala.Tuple2;

/** What a worker's task runs: a pure function of the round's state, its plan and the worker's number. */
public interface Worker extends Serializable {
    /**
     * Takes all local steps.
     *
     * @param number which of the workers, from 0
     * @param location where the data lies
     * @param chunks in which the result leaves the process, one in memory at a time
     * @return the pieces, keyed by the index of their chunk, and last the report, keyed by the number of chunks; to be used up
     *     before {@link #release}. A worker that failed has nothing but its report.
     */
    Iterator<Tuple2<Integer, RoundPart>> run(int number, String location, List<Chunk> chunks);

    /** Leaves what was computed with to the process's next task. */
    void release();
}
