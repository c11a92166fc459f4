package org.loradash.spark.evaluation;

import org.loradash.tsd.Failure;

/** Some runs of a sweep have failed; the message says which. */
public final class SweepFailure extends Failure {
    private static final long serialVersionUID = 1L;

    SweepFailure(String message) {
        super(message);
    }
}
