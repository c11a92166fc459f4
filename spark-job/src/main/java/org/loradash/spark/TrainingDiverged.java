package org.loradash.spark;

/** A worker's loss or parameters are no longer numbers; its message is one line that says where. */
public final class TrainingDiverged extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TrainingDiverged(String message) {
        super(message);
    }
}
