package org.loradash.spark.rounds;

import java.io.Serializable;
import org.loradash.train.Contribution;
import org.loradash.train.WorkerReport;

/** What travels between workers, reducers and driver in a round. */
public sealed interface RoundPart extends Serializable {

    /** A worker's values of a chunk, on the way to the chunk's reducer. */
    record Piece(Contribution contribution) implements RoundPart {}

    /** A chunk of the next state, on the way to the driver. */
    record Averaged(int chunk, Contribution.Part part) implements RoundPart {}

    /** What a worker did, on the way to the driver. */
    record Reported(WorkerReport report) implements RoundPart {}
}
