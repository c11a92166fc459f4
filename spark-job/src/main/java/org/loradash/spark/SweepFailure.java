package org.loradash.spark;

/** Some runs of a sweep have failed; the message says which. */
public final class SweepFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SweepFailure(String message) {
        super(message);
    }
}
