package org.loradash.spark;

/**
 * A worker could not go on: its loss or its parameters are no longer numbers, or a batch has no labels. The message is one
 * line that says where.
 */
public final class TrainingFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TrainingFailure(String message) {
        super(message);
    }
}
